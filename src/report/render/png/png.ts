// Charts as PNG files: white background, text in a font of our own, because a container often has none. Only the
// synchronous call works: `canvas` is overridden by @napi-rs/canvas, whose encoder has no node-canvas callback.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { writeFileAtomic } from '../../../core/atomicFile.ts';
import { repoRoot } from '../../../core/root.ts';
import { chartConfiguration } from '../charts/paint.ts';
import type { ChartSpec } from '../../findings/charts/chartSpec.ts';
import { LIGHT, withSpareLooks } from '../charts/palette.ts';

const PNG_SIZE = { width: 960, height: 560 } as const;

const FAMILY = 'Bench Sans';
const FONT_FILES = ['DejaVuSans-subset.ttf', 'DejaVuSans-Bold-subset.ttf'] as const;

/** Writes one PNG a chart into `folder`; returns the paths in the order of the charts. */
export function writePngs(specs: readonly ChartSpec[], folder: string): string[] {
  registerFonts();
  const canvas = new ChartJSNodeCanvas({ ...PNG_SIZE, backgroundColour: 'white' });
  const theme = withSpareLooks({ ...LIGHT, font: FAMILY }, specs);
  return specs.map((spec) => {
    const path = join(folder, `${spec.id}.png`);
    const configuration = chartConfiguration(spec, theme, { title: true, fontSize: 14 });
    writeFileAtomic(path, canvas.renderToBufferSync(configuration, 'image/png'));
    return path;
  });
}

interface FontRegistry {
  readonly GlobalFonts: {
    has(family: string): boolean;
    registerFromPath(path: string, family: string): unknown;
  };
}

function registerFonts(): void {
  // The override is known to npm only, so neither types nor a package of our own stand for `canvas` here.
  const { GlobalFonts } = createRequire(import.meta.url)('canvas') as FontRegistry;
  if (GlobalFonts.has(FAMILY)) return;
  for (const file of FONT_FILES)
    GlobalFonts.registerFromPath(join(repoRoot(), 'src/report/render/png/assets', file), FAMILY);
}
