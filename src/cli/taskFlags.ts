// The flags that choose a task: one by its name, or a file of the user's own with its columns; and how long the texts
// are, which is asked of both.
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { METRICS, TEXT_MODES } from '../core/names.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { fromCaller } from '../core/callerPath.ts';
import { hintFor } from '../core/suggestion.ts';
import { expandList } from '../plan/ranges.ts';
import { TASKS } from '../text/dataset.ts';
import { isTaskPath, settleTaskFile } from '../text/tasks/taskFile.ts';
import { oneOf, type Flags, type Given } from './args.ts';

const isFile = (task: string | true | undefined): boolean => typeof task === 'string' && isTaskPath(task);

export const TASK_FLAGS = {
  task: {
    type: 'string',
    value: 'NAME',
    help: `data set: ${TASKS.join(', ')}; or a file of yours, e.g. my.csv, my.jsonl or my.parquet (default: sst2 if it is there, else reviews)`,
  },
  data: {
    type: 'string',
    value: 'DIR',
    path: true,
    help: 'folder that holds the data sets (or set TOKEN_PRUNING_DATA)',
  },
  'text-column': {
    type: 'string',
    value: 'COLUMN',
    formerly: { name: 'text', when: (given: Given) => isFile(given.get('task')) },
    help: 'of a file: the column of the text (default text)',
  },
  'pair-column': {
    type: 'string',
    value: 'COLUMN',
    formerly: { name: 'pair' },
    help: 'of a file: the column of the second text, if the texts are pairs',
  },
  'label-column': {
    type: 'string',
    value: 'COLUMN',
    formerly: { name: 'label' },
    help: 'of a file: the column of the label (default label)',
  },
  labels: {
    type: 'string',
    value: 'LIST',
    help: "of a file: the names of the labels in the order of the model's outputs, e.g. negative,positive",
  },
  metric: {
    type: 'string',
    value: 'NAME',
    help: `of a file: ${METRICS.join(', ')} (default accuracy; with --regression pearson)`,
  },
  'skip-unlabelled': {
    type: 'boolean',
    help: 'of a file: leave out rows without a label (empty, nan, NA, null, ...) instead of refusing them',
  },
  regression: { type: 'boolean', help: 'of a file: the labels are numbers to be predicted' },
  calibration: {
    type: 'string',
    value: 'FILE',
    path: true,
    help: 'of a file: another file with the same columns to calibrate on (default: half of --task)',
  },
} as const satisfies Flags;

/** How long the texts are, of commands that take one answer to it. */
export const TEXT_MODE_FLAG = {
  type: 'string',
  value: 'MODE',
  formerly: { name: 'text' },
  help: `how long the texts are: ${TEXT_MODES.join(', ')}`,
} as const;

type Switch = 'regression' | 'skip-unlabelled';

/** Values of TASK_FLAGS. */
export type TaskFlagValues = {
  readonly [K in Exclude<keyof typeof TASK_FLAGS, Switch>]?: string | undefined;
} & { readonly [K in Switch]?: boolean | undefined };

export interface TaskChoice {
  /** Null: the default. */
  readonly name: string | null;
  readonly file: TaskFile | null;
}

const FILE_ONLY = Object.keys(TASK_FLAGS).filter((flag) => flag !== 'task' && flag !== 'data') as Exclude<
  keyof typeof TASK_FLAGS,
  'task' | 'data'
>[]; // the keys of a literal

export function parseTaskFlags(values: TaskFlagValues): TaskChoice {
  const { task } = values;
  if (task !== undefined && isTaskPath(task)) {
    const file = settleTaskFile({
      path: fromCaller(task),
      text: values['text-column'] ?? null,
      pair: values['pair-column'] ?? null,
      label: values['label-column'] ?? null,
      labels: values.labels === undefined ? null : labelsOf(values.labels),
      metric: values.metric === undefined ? null : oneOf('metric', values.metric, METRICS),
      regression: values.regression === true,
      calibration: values.calibration ?? null,
      skipUnlabelled: values['skip-unlabelled'] === true,
    });
    return { name: file.name, file };
  }
  const stray = FILE_ONLY.find((flag) => values[flag] !== undefined);
  if (stray !== undefined) {
    throw new BenchError(
      `--${stray} is for a task that is a file`,
      '--task my.jsonl --text-column COLUMN --label-column COLUMN',
    );
  }
  return { name: task === undefined ? null : taskName(task), file: null };
}

/** @throws BenchError if there is no such task. */
export function taskName(task: string): string {
  if (TASKS.includes(task)) return task;
  const listing = '`npm run data -- list` shows them; a file is given by its path, e.g. ./my.jsonl';
  throw new BenchError(`--task: unknown task "${task}"`, hintFor(task, TASKS, listing));
}

/** Between commas; names that have commas themselves as a JSON array. */
function labelsOf(text: string): string[] {
  const labels = text.startsWith('[') ? arrayOf(text) : expandList('labels', text);
  if (labels.length >= 2) return labels;
  throw new BenchError(`--labels: "${text}" is one label`, '--labels negative,positive');
}

function arrayOf(text: string): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    throw new BenchError(`--labels: ${text} is not a JSON array of names`, `--labels '["a", "b, c"]'`);
  }
}
