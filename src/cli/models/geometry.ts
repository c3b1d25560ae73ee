// `npm run models -- calibrate-geometry` and what `verify` does of a geometry: how near its kept tokens are to the
// trajectory that its points are named after.
import { join } from 'node:path';
import {
  calibrateGeometry as calibrate,
  checkPoint,
  heldOutTexts,
  type LengthCheck,
} from '../../calibrate/geometry/calibrateGeometry.ts';
import { writeJsonAtomic } from '../../core/atomicFile.ts';
import { BenchError, EXIT } from '../../core/errors.ts';
import { notice } from '../../core/notices.ts';
import { isInstalled, repoRoot } from '../../core/root.ts';
import { hintFor } from '../../core/suggestion.ts';
import { checkFile, ensureGraph } from '../../zoo/graphCache.ts';
import { GEOMETRY_FILE, readGeometry, type GeometryModel } from '../../zoo/geometry/data.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import type { ModelEntry } from '../../zoo/entry.ts';
import { percent } from '../../report/findings/format.ts';
import type { Usage } from '../args.ts';
import { commandOf } from '../command.ts';

/** Beside each other on this machine's cores; calibrating is not timed. */
const THREADS = 2;

const usage = {
  name: 'models calibrate-geometry',
  summary:
    'Makes the random weights and the points of geometries again, and records them in models/geometry.json.',
  flags: { model: { type: 'string', value: 'NAME', help: 'only this geometry (default: all)' } },
} as const satisfies Usage;

export const calibrateGeometry = commandOf(usage, ({ values }) => calibrateGeometries(values.model));

/** Records weights and points of one geometry, or of all, in models/geometry.json. */
async function calibrateGeometries(name: string | undefined): Promise<number> {
  if (isInstalled()) {
    throw new BenchError(
      'models calibrate-geometry records in the models of the program',
      'run it in a checkout',
    );
  }
  const directory = join(repoRoot(), 'models');
  const path = join(directory, GEOMETRY_FILE);
  const { models } = readGeometry(path);
  if (name !== undefined && !models.some((model) => model.name === name)) {
    throw new BenchError(
      `${path} declares no "${name}"`,
      hintFor(
        name,
        models.map((one) => one.name),
      ),
    );
  }
  for (const declared of models.filter((model) => name === undefined || model.name === name)) {
    const keep = (model: GeometryModel): void => replace(path, model);
    await calibrate(directory, declared, { threads: THREADS, say: notice, keep });
    await checkGeometry(loadZoo().model(declared.name));
  }
  return EXIT.ok;
}

function replace(path: string, made: GeometryModel): void {
  const file = readGeometry(path);
  const models = file.models.map((model) => (model.name === made.name ? made : model));
  writeJsonAtomic(path, { ...file, models });
}

/** Makes what is missing, checks every hash, and prints what each point keeps at every length. */
export async function checkGeometry(entry: ModelEntry): Promise<void> {
  await ensureGraph(entry, { method: 'dense', point: null });
  for (const { method, name } of entry.points) await ensureGraph(entry, { method, point: name });
  for (const file of [...entry.files, ...entry.points.map((point) => point.file)]) checkFile(file);
  process.stdout.write(`${entry.name}: all files match models/${GEOMETRY_FILE}\n`);
  const texts = heldOutTexts(entry);
  for (const { method, trajectory } of entry.geometry?.points ?? []) {
    const checks = await checkPoint(entry, method, trajectory, texts, THREADS);
    process.stdout.write(`${entry.name} ${`${method}:${trajectory}`.padEnd(22)} ${checkText(checks)}\n`);
    for (const { seqLen, shares, worst, deviation } of checks) {
      const kept = shares.map((share) => (100 * share).toFixed(1).padStart(5)).join(' ');
      process.stdout.write(
        `  ${String(seqLen).padStart(4)} tokens: ${kept} % kept; off by ${percent(worst)} at most; sd over texts ${percent(deviation)}\n`,
      );
    }
  }
}

function checkText(checks: readonly LengthCheck[]): string {
  const worst = Math.max(...checks.map((check) => check.worst));
  return `follows its trajectory within ${percent(worst)} of the input (held-out texts)`;
}
