// A row: everything that one cell amounts to over all its blocks.
import { z } from 'zod';
import { TEXT_MODES } from '../names.ts';
import { flopsPartsSchema } from './flops.ts';
import { costsSchema } from './cost.ts';
import { doubtSchema, validitySchema } from './doubt.ts';
import { cellSchema, intervalSchema } from './group.ts';

const percentile = z.number().nullable();

export const rowSchema = cellSchema.extend({
  status: z.enum(['ok', 'failed', 'skipped']),
  latencyMs: z
    .object({
      p50: z.number(),
      p90: percentile,
      p95: percentile,
      p99: percentile,
      mean: z.number(),
      n: z.number().int(),
    })
    .nullable(),
  throughput: z.object({ sequencesPerSecond: z.number(), tokensPerSecond: z.number() }).nullable(),
  flops: z
    .object({
      perSequence: z.number(),
      macsPerSequence: z.number(),
      /** Null for a ready graph, of which only the profile is known; so are the parts. */
      executedPerSequence: z.number().nullable(),
      profiledPerSequence: z.number(),
      ratioVsDense: z.number(),
      ratioVsDensePadded: z.number().nullable(),
      parts: flopsPartsSchema.nullable(),
    })
    .nullable(),
  speedup: z
    .object({ vsDense: intervalSchema.nullable(), vsDensePadded: intervalSchema.nullable() })
    .nullable(),
  /** (wall-clock ratio vs dense) / (FLOPs ratio vs dense). */
  conversion: z.number().nullable(),
  /** Mean tokens alive after each layer. */
  keptTokens: z.array(z.number()).nullable(),
  /** Mean real tokens of a sequence at the input. */
  meanInputTokens: z.number().nullable(),
  accuracy: z
    .object({
      metric: z.string(),
      value: z.number(),
      n: z.number().int(),
      low: z.number(),
      high: z.number(),
      deltaVsDense: z
        .object({ value: z.number(), low: z.number(), high: z.number(), pValue: z.number() })
        .nullable(),
      /** The task's other metrics on the same predictions, e.g. accuracy beside F1. */
      also: z.array(
        z.object({
          metric: z.string(),
          value: z.number(),
          low: z.number(),
          high: z.number(),
          deltaVsDense: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
        }),
      ),
      /** How many of the n examples were cut to the sequence length. */
      truncated: z.number().int(),
      /** Texts that it was measured on, where they are not those that are timed. */
      text: z.enum(TEXT_MODES).optional(),
      /** sha256 over the predicted labels in the order of the examples. */
      predictionsDigest: z.string(),
      /** sha256 over the texts of the examples. */
      examplesDigest: z.string(),
    })
    .nullable(),
  /** Why there is none to have, e.g. "random weights"; absent where it was measured or could have been. */
  noAccuracy: z.string().optional(),
  /** Operator time by type over the profile pass, ms per sequence. */
  opTimeMs: z.record(z.string(), z.number()).nullable(),
  /** Operator calls of one pass over the inputs, by type, as ONNX Runtime ran them after its optimisations. */
  nodeCounts: z.record(z.string(), z.number()).nullable(),
  /** sha256 over the logits of the profile pass; equal on equal machines. */
  logitsDigest: z.string().nullable(),
  /** sha256 over the token ids of the input batches. */
  inputsDigest: z.string().nullable(),
  loadMs: z.number().nullable(),
  firstRunMs: z.number().nullable(),
  /** Peak resident set of the group's block process (shared by its rows), bytes. */
  blockPeakRssBytes: z.number().nullable(),
  /** From a process that held this variant alone; null where that was not measured. */
  costs: costsSchema.nullable(),
  /**
   * Smallest relative change of the speed-up vs dense that as many blocks would show with a probability of 0.8;
   * null for dense and with fewer than two blocks.
   */
  detectable: z.number().nullable(),
  /** Null for a row that was not measured. */
  validity: validitySchema.nullable(),
  /** Per block: speed-up vs dense, and the median latency; for `compare`. */
  blockSpeedups: z.array(z.number()),
  blockMedianMs: z.array(z.number()),
  doubts: z.array(doubtSchema),
  reason: z.string().optional(),
});
export type Row = z.infer<typeof rowSchema>;
