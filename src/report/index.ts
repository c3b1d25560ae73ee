// The reports of a run: one page, one Markdown file, one PNG a chart, all from its findings and nothing else.
import { join, relative, sep } from 'node:path';
import { writeFileAtomic } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import type { Findings } from './findings/findings.ts';
import { renderHtml } from './render/html/html.ts';
import { renderMarkdown } from './render/markdown/markdown.ts';

export { findingsOf, type Findings } from './findings/findings.ts';
export { renderTable } from './render/terminal/table.ts';

export interface Report {
  readonly html: string;
  readonly markdown: string;
  readonly pngs: readonly string[];
  /** What could not be made and why; the page needs no PNG, so their failure does not lose the report. */
  readonly notes: readonly string[];
}

/** Writes `report.html`, `summary.md` and `charts/*.png` into `outDir`. */
export async function writeReport(findings: Findings, outDir: string): Promise<Report> {
  const html = join(outDir, 'report.html');
  writeFileAtomic(html, renderHtml(findings));
  const { pngs, notes } = await drawPngs(findings, join(outDir, 'charts'));
  const links = pngs.map((path) => relative(outDir, path).split(sep).join('/'));
  const markdown = join(outDir, 'summary.md');
  writeFileAtomic(markdown, renderMarkdown(findings, links, notes));
  return { html, markdown, pngs, notes };
}

/** The canvas is a native library, loaded late so that a platform without it still gets its report. */
async function drawPngs({ charts }: Findings, folder: string): Promise<Pick<Report, 'pngs' | 'notes'>> {
  try {
    const { writePngs } = await import('./render/png/png.ts');
    const specs = charts.flatMap((section) => section.charts);
    return { pngs: writePngs(specs, folder), notes: [] };
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    return { pngs: [], notes: [`No PNG charts: ${messageOf(thrown)}`] };
  }
}
