// What passes between the program and a worker process: one job as plain JSON on stdin, one result as one line of
// JSON on stdout, and progress as lines on stderr. Inputs travel as token ids and graphs as paths, so a worker
// needs neither data set nor tokenizer, and a job can be saved and run by hand (`--print-job`).
import { z } from 'zod';
import { METRICS } from '../core/names.ts';
import {
  accuracyBlockSchema,
  failedBlockSchema,
  profileBlockSchema,
  timeBlockSchema,
} from '../core/schema/block.ts';
import { costBlockSchema } from '../core/schema/cost.ts';
import { flopsModelSchema } from '../core/schema/flops.ts';
import { groupSchema, variantSchema } from '../core/schema/group.ts';
import { graphReadingSchema } from '../core/schema/reading.ts';
import { loadBlockSchema, scenarioSchema } from '../core/schema/scenario.ts';

/** A graph to be loaded, under the id that its results get. */
export const wantedGraphSchema = z.object({
  id: z.string(),
  graph: z.string(),
  reading: graphReadingSchema.optional(),
});
export type WantedGraph = z.infer<typeof wantedGraphSchema>;

const groupGraphSchema = wantedGraphSchema.extend({ variant: variantSchema });

const jobBase = {
  definition: z.string(),
  group: groupSchema,
  /** Parallel to the plan's variants of the group; with a reading if the graph is a ready one. */
  variants: z.array(groupGraphSchema).min(1),
  padId: z.number().int(),
  /** Input batch -> sequence -> token ids, unpadded. */
  inputs: z.array(z.array(z.array(z.number().int()))).min(1),
  /** Input batch -> sequence -> index of the first token of type 1; absent where there is none in any. */
  typeOneFrom: z.array(z.array(z.number().int())).optional(),
};

/** Token ids of a text that timed blocks and the accuracy pass both answer, see rows/witness.ts. */
const witness = z.array(z.number().int()).min(1).optional();
/** Of the witness: index of its first token of type 1; absent without any. */
const witnessTypeOneFrom = z.number().int().optional();

export const timeJobSchema = z.object({
  ...jobBase,
  kind: z.literal('time'),
  block: z.number().int(),
  /** From the start of the process to the end of the last round. */
  budgetMs: z.number().positive(),
  minRounds: z.number().int().min(1),
  seed: z.string(),
  witness,
  witnessTypeOneFrom,
});
export type TimeJob = z.infer<typeof timeJobSchema>;

export const profileJobSchema = z.object({
  ...jobBase,
  kind: z.literal('profile'),
  variants: z.array(groupGraphSchema.extend({ flopsModel: flopsModelSchema.nullable() })).min(1),
});
export type ProfileJob = z.infer<typeof profileJobSchema>;

export const accuracyJobSchema = z.object({
  ...jobBase,
  kind: z.literal('accuracy'),
  /** The right answer of every sequence, in the order of `inputs`. */
  labels: z.array(z.number()),
  metric: z.enum(METRICS),
  alsoMetrics: z.array(z.enum(METRICS)),
  examplesDigest: z.string(),
  /** How many of them were cut to the sequence length. */
  truncated: z.number().int(),
  /** What label of the task each output means; one output for a regression. Absent: its own index. */
  outputLabels: z.array(z.number().int()).min(1).optional(),
  witness,
  witnessTypeOneFrom,
});
export type AccuracyJob = z.infer<typeof accuracyJobSchema>;

/** One variant, alone in its process. */
export const costJobSchema = z.object({ ...jobBase, kind: z.literal('cost'), block: z.number().int() });
export type CostJob = z.infer<typeof costJobSchema>;

export const loadJobSchema = z.object({
  ...jobBase,
  kind: z.literal('load'),
  block: z.number().int(),
  scenarios: z.array(scenarioSchema).min(1),
  budgetMs: z.number().positive(),
  seed: z.string(),
});
export type LoadJob = z.infer<typeof loadJobSchema>;

export const jobSchema = z.discriminatedUnion('kind', [
  timeJobSchema,
  profileJobSchema,
  accuracyJobSchema,
  costJobSchema,
  loadJobSchema,
]);
export type Job = z.infer<typeof jobSchema>;

export const failureSchema = failedBlockSchema.pick({ phase: true, variants: true, reason: true });
export type Failure = z.infer<typeof failureSchema>;

export const workerResultSchema = z.object({
  block: z.discriminatedUnion('kind', [
    timeBlockSchema,
    profileBlockSchema,
    accuracyBlockSchema,
    costBlockSchema,
    loadBlockSchema,
  ]),
  /** Variants that the block went on without. */
  failures: z.array(failureSchema),
});
export type WorkerResult = z.infer<typeof workerResultSchema>;

/** Where a worker is, told before anything that may crash or hang. */
export const progressSchema = z.object({ phase: failedBlockSchema.shape.phase, id: z.string().optional() });
export type Progress = z.infer<typeof progressSchema>;
/** Tells it. */
export type Announce = (phase: Progress['phase'], id?: string) => void;

const PROGRESS_MARK = '@progress ';

export function formatProgress(progress: Progress): string {
  return `${PROGRESS_MARK}${JSON.stringify(progress)}\n`;
}

/** Null for a line that is not progress, e.g. what a native library printed. */
export function parseProgress(line: string): Progress | null {
  if (!line.startsWith(PROGRESS_MARK)) return null;
  try {
    return progressSchema.parse(JSON.parse(line.slice(PROGRESS_MARK.length)));
  } catch {
    return null; // torn by a crash in the middle of the line
  }
}
