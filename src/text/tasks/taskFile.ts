// A file of the user's own as a task: settled from flags once, then read like any other. Its name holds a hash of its
// content and columns, so that a changed file is another task to every comparison.
import { basename, resolve } from 'node:path';
import { BenchError } from '../../core/errors.ts';
import { sha256Hex, stableJson } from '../../core/hash.ts';
import type { Metric } from '../../core/names.ts';
import type { TaskFile } from '../../core/schema/taskFile.ts';
import { bytesOf } from '../tables/fileText.ts';

/** What the flags say of it; `null` where they are silent. */
export interface TaskFileFlags {
  readonly path: string;
  readonly text: string | null;
  readonly pair: string | null;
  readonly label: string | null;
  readonly labels: readonly string[] | null;
  readonly metric: Metric | null;
  readonly regression: boolean;
  readonly calibration: string | null;
  readonly skipUnlabelled: boolean;
}

const FORMS = /\.(tsv|txt|tab|jsonl|ndjson|json|csv|parquet)$/i;

/** Whether the value of --task is a file and not the name of a task. */
export function isTaskPath(task: string): boolean {
  return /[/\\]/.test(task) || FORMS.test(task);
}

/** @throws BenchError if the file cannot be read or the flags contradict each other. */
export function settleTaskFile(flags: TaskFileFlags): TaskFile {
  checkMetric(flags);
  const rest = {
    text: flags.text ?? 'text',
    pair: flags.pair,
    label: flags.label ?? 'label',
    labels: flags.labels === null ? null : [...flags.labels],
    metric: flags.metric,
    regression: flags.regression,
    ...(flags.skipUnlabelled ? { skipUnlabelled: true } : {}),
  };
  const path = resolve(flags.path);
  const calibration = flags.calibration === null ? null : resolve(flags.calibration);
  return { name: nameOf(path, rest), path, calibration, ...rest };
}

/** @throws BenchError if the file is not the one that the name was made of. */
export function checkUnchanged(file: TaskFile): void {
  const { name, path } = file;
  const now = nameOf(path, file);
  if (now === name) return;
  throw new BenchError(`${path} has changed since the run began (${name}, now ${now})`, 'start a new run');
}

type Named = Omit<TaskFile, 'name' | 'path' | 'calibration'>;

/** Safe in folder names, and without the dots that separate the parts of a group's name. */
function nameOf(path: string, { text, pair, label, labels, metric, regression, ...more }: Named): string {
  // A flag that later versions added counts only where it was given, so that earlier names stay.
  const skips = more.skipUnlabelled === true ? { skipUnlabelled: true } : {};
  const about = { text, pair, label, labels, metric, regression, ...skips };
  const stem = basename(path).replace(/\.[^.]*$/, '');
  const safe = stem
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
  const digest = sha256Hex(`${sha256Hex(bytesOf(path))}${stableJson(about)}`);
  return `${safe === '' ? 'file' : safe}-${digest.slice(0, 8)}`;
}

function checkMetric({ metric, regression, labels }: TaskFileFlags): void {
  if (regression && labels !== null)
    throw new BenchError('--labels names classes, and --regression has none', 'leave one of them out');
  if (metric === null) return;
  const ofValues = metric === 'pearson' || metric === 'spearman';
  if (ofValues === regression) return;
  throw new BenchError(
    regression
      ? `--metric ${metric} is of classes, not of numbers`
      : `--metric ${metric} is of numbers, not of classes`,
    regression ? '--metric pearson or spearman' : 'add --regression, or --metric accuracy, f1 or matthews',
  );
}
