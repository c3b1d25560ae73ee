// What passes between the check and its child process: a job as plain JSON on stdin, an answer as one line of JSON on
// stdout. Texts travel as token ids and graphs as paths, so that the child, which may run in an emulator at a hundredth
// of the speed, loads ONNX Runtime and nothing else. A number that is not finite does not survive JSON, and an answer
// that holds one is refused.
import { z } from 'zod';

const ids = z.array(z.number().int()).min(1);

export const jobSchema = z.object({
  id: z.string(),
  /** The graph that tells its decisions. */
  telling: z.string(),
  /** The graph as it is timed, for the same texts; null if it is the same graph, because nothing is decided. */
  timed: z.string().nullable(),
  /** Which of the batches the timed graph answers too. */
  timedBatches: z.array(z.number().int()),
  padId: z.number().int(),
  /** Batch -> text -> token ids, unpadded. */
  batches: z.array(z.array(ids).min(1)).min(1),
});
export type Job = z.infer<typeof jobSchema>;

const decisionSchema = z.object({
  layer: z.number().int(),
  /** float32 values: a slot for each row that entered the layer, or a row each (graphs/decisions.ts). */
  score: z.array(z.number()),
  /** 1 where the method keeps the token; as long as `score`. */
  keep: z.array(z.number().int()),
});

export const batchAnswerSchema = z.object({
  /** (batch, classes) float32 values, row by row. */
  logits: z.array(z.number()),
  /** (layers, batch). */
  keptTokens: z.array(z.number().int()),
  /** In the order of layers; layers that decide nothing are left out. */
  decisions: z.array(decisionSchema),
});
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;

export const answerSchema = z.object({
  id: z.string(),
  batches: z.array(batchAnswerSchema),
  /** Largest difference of a logit between the timed graph and the telling one, by batch that both answered. */
  timedDifferences: z.array(z.object({ batch: z.number().int(), difference: z.number() })),
  /** Processor time of the whole child. */
  cpuSeconds: z.number(),
});
export type Answer = z.infer<typeof answerSchema>;

/** On stderr, after every batch. */
export const PROGRESS = 'batch ';
