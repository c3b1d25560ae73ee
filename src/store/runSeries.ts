// The runs under a folder in order of time: what the history draws and what the gate takes its baseline from. A run
// that cannot be read is a complaint, never the end of it: one torn file must not silence a nightly alarm.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { summarySchema, type Summary } from '../core/schema/summary.ts';

export interface RunSeries {
  /** Ascending by `run.startedAt`; each run once. */
  readonly summaries: readonly Summary[];
  /** One line for every run that was left out and should not have been. */
  readonly complaints: readonly string[];
}

/** `DIR/RUN` or `DIR/MACHINE/RUN`. */
const DEPTH = 2;

/**
 * Reads every run one or two folders below `dir`. Left out in silence: `confirm-*` (reruns that belong to a run) and
 * the shards of a merged run that is there itself.
 * @throws BenchError if `dir` is missing, or is itself a run.
 */
export function readRunSeries(dir: string): RunSeries {
  if (!isFolder(dir)) {
    throw new BenchError(`no such folder: ${dir}`, 'give the folder that holds the runs, e.g. results');
  }
  if (isFile(join(dir, 'summary.json'))) {
    throw new BenchError(`${dir} is a single run`, 'give the folder that holds the runs, e.g. results');
  }
  const complaints: string[] = [];
  const summaries = runFolders(dir, DEPTH, complaints).flatMap((folder) => readRun(folder, complaints));
  return { summaries: inOrder(withoutRepeats(summaries, complaints)), complaints };
}

function runFolders(dir: string, depth: number, complaints: string[]): string[] {
  return namesIn(dir, complaints).flatMap((name) => {
    const folder = join(dir, name);
    if (name.startsWith('.') || name.startsWith('confirm-') || !isFolder(folder)) return [];
    // A run's own folders (blocks, reports, reruns) hold no runs of the series.
    if (isFile(join(folder, 'run.json')) || isFile(join(folder, 'summary.json'))) return [folder];
    return depth > 1 ? runFolders(folder, depth - 1, complaints) : [];
  });
}

function readRun(folder: string, complaints: string[]): Summary[] {
  const file = join(folder, 'summary.json');
  if (!isFile(file)) {
    complaints.push(`${folder} has no summary.json: the run is not finished (npm run bench -- --resume)`);
    return [];
  }
  try {
    const summary = readJson(file, summarySchema, 'summary');
    if (!Number.isNaN(Date.parse(summary.run.startedAt))) return [summary];
    complaints.push(`summary ${file}: run.startedAt "${summary.run.startedAt}" is not a time`);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    complaints.push(thrown.line);
  }
  return [];
}

/** A run that was copied counts once, and a shard not beside the run it was merged into. */
function withoutRepeats(summaries: readonly Summary[], complaints: string[]): Summary[] {
  const merged = new Set(summaries.flatMap(({ run }) => run.mergedFrom));
  const seen = new Set<string>();
  return summaries.filter(({ run: { id } }) => {
    if (merged.has(id)) return false;
    if (seen.has(id)) complaints.push(`run ${id} is there twice; the first is used`);
    const first = !seen.has(id);
    seen.add(id);
    return first;
  });
}

function inOrder(summaries: readonly Summary[]): Summary[] {
  return summaries.toSorted(
    (a, b) =>
      Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt) || a.run.id.localeCompare(b.run.id, 'en'),
  );
}

function namesIn(dir: string, complaints: string[]): string[] {
  try {
    return readdirSync(dir).sort();
  } catch (thrown) {
    complaints.push(`cannot list ${dir}: ${messageOf(thrown)}`);
    return [];
  }
}

/** Follows links; a dangling one is no folder. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
