// What a program may say to the API, declared once: the axes and the effort are those of the suites. Everything is
// checked before anything is measured, since a caller in JavaScript has no compiler that would.
import { resolve } from 'node:path';
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { METRICS, TARGETS } from '../core/names.ts';
import { hintFor } from '../core/suggestion.ts';
import { someAxesSchema, type SomeAxes } from '../plan/axes.ts';
import { COST_CHOICES, DEFAULT_SUITE, effortSchema } from '../plan/suite.ts';
import { wantedScenarioSchema } from '../core/schema/scenario.ts';
import type { PlanRequest } from '../run/planOf.ts';
import { TASKS } from '../text/dataset.ts';
import { settleTaskFile } from '../text/tasks/taskFile.ts';

/** A data set of the caller's own: a .jsonl, .tsv or .csv file. */
const taskFileSchema = z.strictObject({
  file: z.string(),
  /** Default: `text`. */
  textColumn: z.string().optional(),
  /** Column of the second text of a pair. */
  pairColumn: z.string().optional(),
  /** Default: `label`. */
  labelColumn: z.string().optional(),
  /** Names of the labels in the order of the model's outputs. */
  labels: z.array(z.string()).min(2).optional(),
  metric: z.enum(METRICS).optional(),
  /** The labels are numbers to be predicted. */
  regression: z.boolean().optional(),
  /** Another file of the same columns. */
  calibration: z.string().optional(),
  /** Rows without a label are left out; default: they are an error. */
  skipUnlabelled: z.boolean().optional(),
});

const { shape: axes } = someAxesSchema;
const { shape: effort } = effortSchema;

const benchOptionsSchema = z.strictObject({
  /** A suite of bench/suites; default: `quick`. */
  suite: z.string().optional(),
  /** Each axis replaces the suite's. */
  ...axes,
  /** Methods of the caller's own: paths of modules (docs/your-method.md). */
  methodFiles: z.array(z.string()).optional(),
  /** Points of the one method file: paths of .safetensors files. */
  methodPoints: z.array(z.string()).optional(),
  /** A data set by name, or a file; default: sst2 where it is, else the bundled texts. */
  task: z.union([z.string(), taskFileSchema]).optional(),
  /** Folder of the data sets. */
  dataDir: z.string().optional(),
  /** Fresh processes per group: exactly as many, unless an interval is asked for, too. */
  blocks: effort.blocks.optional(),
  /** Relative half-width that every ratio is to be known to, e.g. 0.01. */
  interval: z.number().min(0.001).max(0.5).optional(),
  /** Aim for the whole run, seconds. */
  timeBudgetSeconds: effort.timeBudgetSeconds.optional(),
  /** A block that takes longer is killed, seconds. */
  timeoutSeconds: effort.timeoutSeconds.optional(),
  /** Examples per accuracy; null: all. */
  accuracyExamples: effort.accuracyExamples.optional(),
  /** Groups whose variants get a process each for memory, loading and energy. */
  costs: z.enum(COST_CHOICES).optional(),
  /** Load scenarios. */
  scenarios: z.array(wantedScenarioSchema).optional(),
  /** Only the index-th of count parts of the plan; the index counts from 1. */
  shard: z.strictObject({ index: z.number().int().min(1), count: z.number().int().min(1) }).optional(),
  /** Chooses texts and orders; default 0. */
  seed: z.number().int().min(0).optional(),
});

const watchSchema = z.strictObject({
  /** Folder of the runs; default: `results` in the working directory (in a checkout: the checkout's). */
  outDir: z.string().optional(),
  /** Folder for report.html, summary.md and the charts; without it no report is written. */
  reportDir: z.string().optional(),
  /** Interrupts the run in good order: what is finished stays, and resumeBench goes on. */
  signal: z.instanceof(AbortSignal).optional(),
  /** Called with each line of progress. */
  onProgress: z.custom<(line: string) => void>((value) => typeof value === 'function').optional(),
});

const runOptionsSchema = benchOptionsSchema.extend({
  ...watchSchema.shape,
  /** Names the run, or an interrupted run of the same plan to go on with. */
  runId: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'must be letters, digits, "-", "_" and "."')
    .optional(),
  /** Refuse to run unless this machine is one. */
  target: z.enum(TARGETS).optional(),
});

const resumeOptionsSchema = watchSchema.extend({
  timeBudgetSeconds: effort.timeBudgetSeconds.optional(),
  timeoutSeconds: effort.timeoutSeconds.optional(),
  dataDir: z.string().optional(),
});

export type BenchOptions = z.input<typeof benchOptionsSchema>;
export type RunOptions = z.input<typeof runOptionsSchema>;
export type ResumeOptions = z.input<typeof resumeOptionsSchema>;

export const parseBenchOptions = parserOf('planBench', benchOptionsSchema);
export const parseRunOptions = parserOf('runBench', runOptionsSchema);
export const parseResumeOptions = parserOf('resumeBench', resumeOptionsSchema);

function parserOf<S extends z.ZodType>(name: string, schema: S): (options: unknown) => z.output<S> {
  return (options) => {
    const parsed = schema.safeParse(options);
    if (parsed.success) return parsed.data;
    const [first] = parsed.error.issues;
    const where =
      first === undefined || first.path.length === 0 ? '' : `${first.path.map(String).join('.')}: `;
    throw new BenchError(`${name}: ${where}${first?.message ?? ''}`, 'docs/api.md lists the options');
  };
}

export function planRequestOf(options: z.output<typeof benchOptionsSchema>): PlanRequest {
  const { suite, task, dataDir, seed, shard, interval, blocks, ...rest } = options;
  if (typeof task === 'string' && !TASKS.includes(task)) {
    throw new BenchError(
      `unknown task "${task}"`,
      hintFor(task, TASKS, "`npm run data -- list` shows them; a file is { file: 'my.jsonl' }"),
    );
  }
  const file = task === undefined || typeof task === 'string' ? null : taskFileOf(task);
  return {
    suite: suite ?? DEFAULT_SUITE,
    axes: someAxesSchema.strip().parse(rest) satisfies SomeAxes,
    effort: {
      blocks,
      interval: interval ?? (blocks === undefined ? undefined : null), // a number of blocks is meant as such
      timeBudgetSeconds: rest.timeBudgetSeconds,
      timeoutSeconds: rest.timeoutSeconds,
      accuracyExamples: rest.accuracyExamples,
      costs: rest.costs,
      scenarios: rest.scenarios,
    },
    graphs: undefined,
    task: file?.name ?? (typeof task === 'string' ? task : null),
    taskFile: file,
    dataDir: dataDir === undefined ? null : resolve(dataDir),
    seed: seed ?? 0,
    shard: shard ?? null,
  };
}

function taskFileOf(task: z.output<typeof taskFileSchema>) {
  return settleTaskFile({
    path: task.file,
    text: task.textColumn ?? null,
    pair: task.pairColumn ?? null,
    label: task.labelColumn ?? null,
    labels: task.labels ?? null,
    metric: task.metric ?? null,
    regression: task.regression ?? false,
    calibration: task.calibration ?? null,
    skipUnlabelled: task.skipUnlabelled ?? false,
  });
}
