// Finds, reads and checks the examples of a task: one that is known by name (tasks/table.ts) in a data directory,
// `reviews`, which ships with the repository, or a file of the user's own. What is made of the examples is compose.ts.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError } from '../core/errors.ts';
import type { Metric } from '../core/names.ts';
import { cacheFolder } from '../core/places.ts';
import { repoRoot } from '../core/root.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { hintFor } from '../core/suggestion.ts';
import type { Sentence, TaskData } from './taskData.ts';
import { labelIndexer, labelNamesIn, valueOfLabel } from './tasks/labels.ts';
import { readGlue, readOwn, type ExampleRow, type ReadFile } from './tasks/tableFile.ts';
import { halfOf, type Split } from './tasks/splits.ts';
import { TASK_TABLE, type TaskEntry } from './tasks/table.ts';
import { checkUnchanged } from './tasks/taskFile.ts';
import { labelledRows } from './tasks/unlabelled.ts';
import { at } from './tables/lines.ts';
import { readTsv } from './tables/plain.ts';

export const BUNDLED_TASK = 'reviews';
export const TASKS: readonly string[] = [BUNDLED_TASK, ...TASK_TABLE.map(({ name }) => name)];

export const DATA_VARIABLE = 'TOKEN_PRUNING_DATA';

/** Where `data fetch` puts what it downloads. */
export function fetchedFolder(): string {
  return join(cacheFolder(), 'data');
}

/** The data directory in force: the flag's, else the environment's, else the fetched copies'; null without any. */
export function dataFolder(given: string | null): string | null {
  const named = given ?? (process.env[DATA_VARIABLE] || null);
  if (named !== null) return fromCaller(named);
  const fetched = TASK_TABLE.some((entry) => fileOf(fetchedFolder(), entry, entry.evaluation) !== null);
  return fetched ? fetchedFolder() : null;
}

/** sst2 where there is a data directory, the bundled reviews elsewhere. */
export function defaultTask(given: string | null): string {
  const folder = dataFolder(given);
  if (folder === null) return BUNDLED_TASK;
  return folder !== fetchedFolder() || existsSync(join(folder, 'sst2', 'dev.tsv')) ? 'sst2' : BUNDLED_TASK;
}

/**
 * All examples of the evaluation file.
 * @param task a name of TASKS, or a file of the user's own.
 * @param dataDir the value of --data, null if absent.
 * @param modelLabels what the models call their outputs: in a file of the user's own these are labels, even `None`.
 */
export function loadTask(
  task: string | TaskFile,
  dataDir: string | null,
  modelLabels: readonly string[] = [],
): TaskData {
  if (typeof task !== 'string') return loadTaskFile(task, task.path, modelLabels);
  if (task === BUNDLED_TASK) return loadReviews(join(repoRoot(), 'data', 'reviews'));
  const entry = entryOf(task);
  return loadEntry(entry, fileIn(entry, entry.evaluation, dataDir));
}

/**
 * What to calibrate on (`train`), and what to judge the outcome by (`dev`): the two share no example. See splits.ts.
 * @param task as of loadTask; the evaluation half of a task without a training file is `dev`.
 */
export function loadSplit(
  task: string | TaskFile,
  dataDir: string | null,
  split: Split,
  modelLabels: readonly string[] = [],
): TaskData {
  const training = trainingOf(task, dataDir);
  if (training === null) return halfOf(loadTask(task, dataDir, modelLabels), split);
  if (split === 'dev') return loadTask(task, dataDir, modelLabels);
  if (typeof task !== 'string') return loadTaskFile(task, training, modelLabels);
  return loadEntry(entryOf(task), training);
}

/** The file to calibrate on; null where half of the evaluation file serves. */
function trainingOf(task: string | TaskFile, dataDir: string | null): string | null {
  if (typeof task !== 'string') return task.calibration;
  if (task === BUNDLED_TASK) return null;
  const entry = entryOf(task);
  const folder = dataFolder(dataDir);
  return folder === null ? null : fileOf(folder, entry, entry.training);
}

/** Whether documents of any length can be made of the task's texts; not of a file's, whatever is in it. */
export function isComposable(task: string): boolean {
  return task === BUNDLED_TASK || TASK_TABLE.some(({ name, composable }) => name === task && composable);
}

function entryOf(task: string): TaskEntry {
  const entry = TASK_TABLE.find(({ name }) => name === task);
  if (entry !== undefined) return entry;
  throw new BenchError(
    `--task: unknown task "${task}"`,
    hintFor(task, TASKS, '`npm run data -- list` shows them; or a file: --task my.jsonl'),
  );
}

/** How to come by a task that is not there. */
export function remedyOf({ name, folders, evaluation, archive, get }: TaskEntry): string {
  const places = folders.map((folder) => `DIR/${folder}/${evaluation}`).join(' or ');
  const way = archive === undefined ? (get ?? '') : `npm run data -- fetch ${name}`;
  return `--data DIR or ${DATA_VARIABLE}=DIR with ${places}, or ${way}`;
}

function fileIn(entry: TaskEntry, file: string, dataDir: string | null): string {
  const folder = dataFolder(dataDir);
  if (folder === null) throw new BenchError(`task ${entry.name} needs a data directory`, remedyOf(entry));
  const path = fileOf(folder, entry, file);
  if (path === null)
    throw new BenchError(`no ${entry.folders[0] ?? ''}/${file} in ${folder}`, remedyOf(entry));
  return path;
}

/** In the task's folder; or directly in the directory, if that is named like it (sst2: whatever its name). */
function fileOf(folder: string, { name, folders }: TaskEntry, file: string): string | null {
  const direct = name === 'sst2' || folders.includes(basename(folder)) ? [join(folder, file)] : [];
  const paths = [...folders.map((own) => join(folder, own, file)), ...direct];
  return paths.find((path) => existsSync(path)) ?? null;
}

function loadEntry(entry: TaskEntry, path: string): TaskData {
  const { name, columns, labels, metrics, composable, unlabelled, lenient = false } = entry;
  const rows = readGlue(path, columns, lenient).filter(({ label }) => label !== unlabelled);
  const kind = labels === null ? 'regression' : 'classification';
  return {
    ...{ task: name, kind, metrics, composable, source: path },
    ...{ labelNames: labels ?? [], sentences: sentencesOf(path, rows, labels), neutral: [] },
  };
}

function loadTaskFile(file: TaskFile, path: string, modelLabels: readonly string[]): TaskData {
  if (path === file.path) checkUnchanged(file);
  const { regression, metric, skipUnlabelled = false } = file;
  const known = [...new Set([...(file.labels ?? []), ...modelLabels])];
  const read = (from: string): ReadFile & { readonly labelled: readonly ExampleRow[] } => {
    const found = readOwn(from, columnsOf(file));
    return {
      ...found,
      labelled: labelledRows(from, found.rows, { known, skip: skipUnlabelled, regression }),
    };
  };
  const { rows, labelled, labelNames, ...form } = read(path);
  // Of two files both must have the same indices, so the evaluation file names the labels.
  const names = (): readonly string[] =>
    file.labels ??
    labelNames ??
    labelNamesIn(file.path, path === file.path ? labelled : read(file.path).labelled);
  const labels = regression ? null : names();
  const usual: readonly [Metric, ...Metric[]] = regression ? ['pearson', 'spearman'] : ['accuracy'];
  const chosen = metric ?? usual[0];
  if (chosen === 'f1' && labels?.length !== 2)
    throw new BenchError(
      `--metric f1 needs two labels, and there are ${labels?.length ?? 0}`,
      '--metric accuracy',
    );
  return {
    task: file.name,
    kind: regression ? 'regression' : 'classification',
    metrics: [chosen, ...usual.filter((one) => one !== chosen)],
    composable: false,
    source: path,
    labelNames: labels ?? [],
    sentences: sentencesOf(path, labelled, labels),
    neutral: [],
    file: { ...form, unlabelled: rows.length - labelled.length, labelsGiven: file.labels !== null },
  };
}

function columnsOf({ text, pair, label }: TaskFile): Parameters<typeof readOwn>[1] {
  return { text, label, ...(pair === null ? {} : { pair }) };
}

/** @param labels null: a value is to be predicted. */
function sentencesOf(
  path: string,
  rows: readonly ExampleRow[],
  labels: readonly string[] | null,
): Sentence[] {
  const labelOf = labels === null ? (row: ExampleRow) => valueOfLabel(path, row) : labelIndexer(path, labels);
  return rows.map((row) => {
    const { text, pair } = row;
    return { text, ...(pair === undefined ? {} : { pair }), label: labelOf(row) };
  });
}

function loadReviews(folder: string): TaskData {
  const [path, neutralPath] = [join(folder, 'labelled.tsv'), join(folder, 'neutral.tsv')];
  const labelNames = ['negative', 'positive'];
  const rows = readGlue(path, { text: 'sentence', label: 'label' }, false);
  return {
    task: BUNDLED_TASK,
    ...{ kind: 'classification', metrics: ['accuracy'], composable: true },
    source: 'data/reviews (bundled)',
    labelNames,
    sentences: sentencesOf(path, rows, labelNames),
    neutral: readTsv(neutralPath, ['sentence']).map(({ line, cells: [cell = ''] }) => {
      if (cell.trim() === '') throw at(neutralPath, line, 'an empty sentence');
      return cell.trim();
    }),
  };
}
