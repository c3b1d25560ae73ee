// The tasks and where their sentences come from: `reviews`, which ships with the repository, and `sst2`, which its
// terms keep out of it and which a data directory holds. This file finds, reads and checks; what is made of the
// sentences is compose.ts.
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { BenchError } from '../core/errors.ts';
import type { Metric } from '../core/names.ts';
import { repoRoot } from '../core/root.ts';
import { at, readTsv } from './tsv.ts';

export const TASKS = ['reviews', 'sst2'] as const;
export type TaskName = (typeof TASKS)[number];

export interface Sentence {
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** Index into the task's labelNames; of a regression the value. */
  readonly label: number;
}

export interface TaskData {
  readonly task: TaskName;
  readonly kind: 'classification' | 'regression';
  /** The task's own metric first, then those that are reported beside it. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Whether several texts of one label make a text of that label; if not, composed texts serve for timing only. */
  readonly composable: boolean;
  /** Where the sentences were read, for people and records. */
  readonly source: string;
  readonly labelNames: readonly string[];
  readonly sentences: readonly Sentence[];
  /** Sentences without a verdict, to be mixed into composed documents; may be empty. */
  readonly neutral: readonly string[];
}

const CLASSIFIED = { kind: 'classification', metrics: ['accuracy'], composable: true } as const;
const SENTIMENT = ['negative', 'positive'] as const;
export const DATA_VARIABLE = 'TOKEN_PRUNING_DATA';

/** Where `data fetch` puts what it downloads. */
export function cacheFolder(): string {
  return join(repoRoot(), '.cache', 'data');
}

/** The data directory in force: the flag's, else the environment's, else the fetched copy's; null without any. */
export function dataFolder(given: string | null): string | null {
  const named = given ?? (process.env[DATA_VARIABLE] || null);
  if (named !== null) return isAbsolute(named) ? named : resolve(named);
  return existsSync(join(cacheFolder(), 'sst2', 'dev.tsv')) ? cacheFolder() : null;
}

/** sst2 where there is a data directory, the bundled reviews elsewhere. */
export function defaultTask(given: string | null): TaskName {
  return dataFolder(given) === null ? 'reviews' : 'sst2';
}

/** @param task a name of TASKS. @param dataDir the value of --data, null if absent. */
export function loadTask(task: string, dataDir: string | null): TaskData {
  switch (task) {
    case 'reviews':
      return loadReviews(join(repoRoot(), 'data', 'reviews'));
    case 'sst2':
      return loadSst2(dataDir);
    default:
      throw new BenchError(`--task: unknown task "${task}"`, `known: ${TASKS.join(', ')}`);
  }
}

function loadReviews(folder: string): TaskData {
  const neutralPath = join(folder, 'neutral.tsv');
  return {
    task: 'reviews',
    ...CLASSIFIED,
    source: 'data/reviews (bundled)',
    labelNames: SENTIMENT,
    sentences: readLabelled(join(folder, 'labelled.tsv')),
    neutral: readTsv(neutralPath, ['sentence']).map(({ line, cells }) =>
      sentenceOf(neutralPath, line, cells[0]),
    ),
  };
}

function loadSst2(dataDir: string | null): TaskData {
  const folder = dataFolder(dataDir);
  const remedy = `--data DIR or ${DATA_VARIABLE}=DIR with DIR/sst2/dev.tsv or DIR/dev.tsv, or npm run data -- fetch sst2`;
  if (folder === null) throw new BenchError('task sst2 needs a data directory', remedy);
  const path = [join(folder, 'sst2', 'dev.tsv'), join(folder, 'dev.tsv')].find((file) => existsSync(file));
  if (path === undefined) throw new BenchError(`no sst2/dev.tsv or dev.tsv in ${folder}`, remedy);
  return {
    task: 'sst2',
    ...CLASSIFIED,
    source: path,
    labelNames: SENTIMENT,
    sentences: readLabelled(path),
    neutral: [],
  };
}

function readLabelled(path: string): Sentence[] {
  return readTsv(path, ['sentence', 'label']).map(({ line, cells: [text, label] }) => {
    if (label !== '0' && label !== '1') throw at(path, line, `label "${label ?? ''}" is not 0 or 1`);
    return { text: sentenceOf(path, line, text), label: Number(label) };
  });
}

function sentenceOf(path: string, line: number, cell: string | undefined): string {
  const text = (cell ?? '').trim();
  if (text === '') throw at(path, line, 'an empty sentence');
  return text;
}
