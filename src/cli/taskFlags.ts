// The flags that choose a task: one by its name, or a file of the user's own with its columns. With a file, --text names
// a column; how long the texts are is then said by --text-mode, which works everywhere.
import { BenchError } from '../core/errors.ts';
import { METRICS } from '../core/names.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { expandList } from '../plan/ranges.ts';
import { TASKS } from '../text/dataset.ts';
import { isTaskPath, settleTaskFile } from '../text/tasks/taskFile.ts';
import { oneOf, type Flag } from './args.ts';

export const TASK_FLAGS = {
  task: {
    type: 'string',
    value: 'NAME',
    help: `data set: ${TASKS.join(', ')}; or a file: my.jsonl, my.tsv (default: sst2 where it is, else reviews)`,
  },
  'text-mode': {
    type: 'string',
    value: 'LIST',
    help: 'how long the texts are: full, ragged, natural (as --text, which is a column where --task is a file)',
  },
  pair: { type: 'string', value: 'COLUMN', help: 'task file: column of the second text of a pair' },
  label: { type: 'string', value: 'COLUMN', help: 'task file: column of the label (default label)' },
  labels: {
    type: 'string',
    value: 'LIST',
    help: 'task file: label names in the order of their indices, e.g. negative,positive',
  },
  metric: {
    type: 'string',
    value: 'NAME',
    help: `task file: ${METRICS.join(', ')} (default accuracy, pearson)`,
  },
  regression: { type: 'boolean', help: 'task file: the labels are numbers to be predicted' },
  calibration: {
    type: 'string',
    value: 'FILE',
    help: 'task file: another of the same columns to calibrate on (default: half of it)',
  },
} as const satisfies Readonly<Record<string, Flag>>;

/** Values of TASK_FLAGS, and of --text. */
export interface TaskFlagValues {
  readonly task?: string | undefined;
  readonly text?: string | undefined;
  readonly 'text-mode'?: string | undefined;
  readonly pair?: string | undefined;
  readonly label?: string | undefined;
  readonly labels?: string | undefined;
  readonly metric?: string | undefined;
  readonly regression?: boolean | undefined;
  readonly calibration?: string | undefined;
}

export interface TaskChoice {
  /** Null: the default. */
  readonly name: string | null;
  readonly file: TaskFile | null;
  /** What was said of how long the texts are; null if nothing. */
  readonly textMode: string | null;
}

const OF_FILES = ['pair', 'label', 'labels', 'metric', 'regression', 'calibration'] as const;

export function parseTaskFlags(values: TaskFlagValues): TaskChoice {
  const { task, text, 'text-mode': mode } = values;
  if (task !== undefined && isTaskPath(task)) {
    const file = settleTaskFile({
      path: task,
      text: text ?? null,
      pair: values.pair ?? null,
      label: values.label ?? null,
      labels: values.labels === undefined ? null : labelsOf(values.labels),
      metric: values.metric === undefined ? null : oneOf('metric', values.metric, METRICS),
      regression: values.regression === true,
      calibration: values.calibration ?? null,
    });
    return { name: file.name, file, textMode: mode ?? null };
  }
  const stray = OF_FILES.find((flag) => values[flag] !== undefined);
  if (stray !== undefined) {
    throw new BenchError(
      `--${stray} is of a task that is a file`,
      '--task my.jsonl --text COLUMN --label COLUMN',
    );
  }
  if (text !== undefined && mode !== undefined) {
    throw new BenchError('--text and --text-mode both say how long the texts are', 'leave one of them out');
  }
  return {
    name: task === undefined ? null : oneOf('task', task, TASKS),
    file: null,
    textMode: mode ?? text ?? null,
  };
}

function labelsOf(text: string): string[] {
  const labels = expandList('labels', text);
  if (labels.length >= 2) return labels;
  throw new BenchError(`--labels: "${text}" is one label`, '--labels negative,positive');
}
