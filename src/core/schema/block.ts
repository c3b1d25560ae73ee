// What one process measured, as it is stored: time, profile, accuracy (costs and load scenarios are in files of their
// own), and the failure to give one of these.
import { z } from 'zod';
import { METRICS } from '../names.ts';
import { blockBase } from './blockBase.ts';
import { costBlockSchema } from './cost.ts';
import { doubtSchema } from './doubt.ts';
import { flopsModelSchema } from './flops.ts';
import { groupSchema } from './group.ts';
import { peerBlockSchema } from './peer.ts';
import { loadBlockSchema } from './scenario.ts';
import { blockVariantSchema } from './timedVariant.ts';

/** A setting that was asked for, and what could be seen of it: ONNX Runtime ignores much in silence. */
export const settingProofSchema = z.object({
  name: z.string(),
  requested: z.string(),
  /** Null where nothing can be observed. */
  observed: z.string().nullable(),
  /** False: it did not take effect. Null: unknown. */
  effective: z.boolean().nullable(),
});
export type SettingProof = z.infer<typeof settingProofSchema>;

/** Where the time of a time block went, milliseconds. What is not listed is the start and the end of the process. */
export const harnessTimeSchema = z.object({
  loadMs: z.number(),
  warmUpMs: z.number(),
  /** Sum of the stamps: inside `session.run`. */
  timedMs: z.number(),
  /** From the first to the last stamp, but outside `session.run`: the price of the harness. */
  betweenMs: z.number(),
  timedCalls: z.number().int(),
});
export type HarnessTime = z.infer<typeof harnessTimeSchema>;

export const timeBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('time'),
  group: groupSchema,
  block: z.number().int(),
  variants: z.array(blockVariantSchema),
  /** Real tokens of a sequence at the input, mean over the group's input batches. */
  meanInputTokens: z.number(),
  /** Peak resident set of the block's process (all its sessions), bytes. */
  peakRssBytes: z.number(),
  settings: z.array(settingProofSchema),
  /** CPUs' worth of work that busy threads got just before the block; null where that was not probed. */
  effectiveCpus: z.number().nullable(),
  harness: harnessTimeSchema,
  /** sha256 over the token ids of the witness. */
  witnessDigest: z.string().optional(),
  doubts: z.array(doubtSchema),
});
export type TimeBlock = z.infer<typeof timeBlockSchema>;

/** Input batch -> layer -> sequence. */
const byLayer = z.array(z.array(z.array(z.number().int().nonnegative())));

/** Deterministic facts of one variant on the group's inputs, from a pass of its own. */
export const profileVariantSchema = z.object({
  id: z.string(),
  /** What its FLOPs are worked out from, with the counts below (rows/flops.ts); null for a ready graph. */
  flopsModel: flopsModelSchema.nullable(),
  /** Tokens alive after each layer; without layers of a graph that does not tell. */
  kept: byLayer,
  /** 1 where a pruned [CLS] is carried on after the layer; absent where it is protected. */
  orphans: byLayer.optional(),
  /** From the shapes in ONNX Runtime's profile, summed over the inputs. */
  profiledFlops: z.number(),
  nodeCounts: z.record(z.string(), z.number()),
  /** Kernel time by operator type, milliseconds over the pass; the profiler itself costs 5-14 %. */
  opTimeMs: z.record(z.string(), z.number()),
  /** Providers that nodes ran on, with counts. */
  nodeProviders: z.record(z.string(), z.number()),
  logitsDigest: z.string(),
  /** Operator types that multiply matrices in a way that `profiledFlops` could not tell. */
  uncounted: z.array(z.string()).optional(),
  /** Set for a graph that takes exactly that many tokens: the texts were padded to it. */
  fixedLength: z.number().int().optional(),
});
export type ProfileVariant = z.infer<typeof profileVariantSchema>;

export const profileBlockSchema = z
  .object({
    ...blockBase,
    kind: z.literal('profile'),
    group: groupSchema,
    /** sha256 over the token ids of the input batches. */
    inputsDigest: z.string(),
    /** Input batch -> sequence: its real tokens. */
    lengths: z.array(z.array(z.number().int().positive()).min(1)).min(1),
    variants: z.array(profileVariantSchema),
    doubts: z.array(doubtSchema),
  })
  .superRefine(({ lengths, variants }, context) => {
    for (const { id, kept, orphans = kept, flopsModel } of variants) {
      if (fits(kept, lengths, flopsModel?.layers) && fits(orphans, lengths, flopsModel?.layers)) continue;
      context.addIssue(`the counts of ${id} are not one for each layer and sequence`);
    }
  });
export type ProfileBlock = z.infer<typeof profileBlockSchema>;

/** @param layers undefined: any number. */
function fits(
  counts: z.infer<typeof byLayer>,
  lengths: ProfileBlock['lengths'],
  layers: number | undefined,
): boolean {
  return (
    counts.length === lengths.length &&
    counts.every(
      (batch, input) =>
        batch.length === (layers ?? batch.length) &&
        batch.every((sequences) => sequences.length === lengths[input]?.length),
    )
  );
}

export const accuracyBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('accuracy'),
  group: groupSchema,
  /** The task's own. */
  metric: z.enum(METRICS),
  /** The task's others. */
  alsoMetrics: z.array(z.enum(METRICS)),
  /** Label indices, or the values to be predicted of a regression. */
  labels: z.array(z.number()),
  /** sha256 over the texts used. */
  examplesDigest: z.string(),
  /** How many of the examples were cut to the sequence length. */
  truncated: z.number().int(),
  /** Per-example predictions (label index; of a regression the value), parallel to `labels`, so that paired differences are computed on reading. */
  variants: z.array(
    z.object({
      id: z.string(),
      predictions: z.array(z.number()),
      witnessLogits: z.array(z.number()).optional(),
    }),
  ),
  witnessDigest: z.string().optional(),
  doubts: z.array(doubtSchema),
});
export type AccuracyBlock = z.infer<typeof accuracyBlockSchema>;

export const BLOCK_KINDS = ['time', 'profile', 'accuracy', 'cost', 'load'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];
/** Beside those that the program plans, what bench/peers puts into a run. */
export const STORED_KINDS = [...BLOCK_KINDS, 'peer'] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

/** A block that ended without a record. */
export const failedBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('failed'),
  of: z.enum(STORED_KINDS),
  group: groupSchema,
  block: z.number().int(),
  phase: z.enum(['start', 'load', 'warm-up', 'measure', 'timeout', 'memory', 'crash']),
  /** Variants concerned; empty when the whole block is. */
  variants: z.array(z.string()),
  reason: z.string(),
});
export type FailedBlock = z.infer<typeof failedBlockSchema>;

export const blockSchema = z.discriminatedUnion('kind', [
  timeBlockSchema,
  profileBlockSchema,
  accuracyBlockSchema,
  costBlockSchema,
  loadBlockSchema,
  peerBlockSchema,
  failedBlockSchema,
]);
export type Block = z.infer<typeof blockSchema>;
