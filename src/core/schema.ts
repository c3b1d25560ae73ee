// Every record that is written to disk or passed between processes, declared once with zod; types, keys and
// table columns are derived from here. A record read back is parsed by the same schema at the border.
import { z } from 'zod';
import { METHODS, PRECISIONS, PROVIDERS, TARGETS, TEXT_MODES } from './names.ts';

export const SCHEMA_VERSION = 1;

/** A reason to distrust a number, kept as a value beside it. */
export const doubtSchema = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().optional(),
});
export type Doubt = z.infer<typeof doubtSchema>;

/** What is measured together: everything but method and point. */
export const groupSchema = z.object({
  model: z.string(),
  task: z.string(),
  text: z.enum(TEXT_MODES),
  provider: z.enum(PROVIDERS),
  precision: z.enum(PRECISIONS),
  threads: z.number().int().positive(),
  batch: z.number().int().positive(),
  seqLen: z.number().int().min(8),
});
export type Group = z.infer<typeof groupSchema>;

/** A method at one of its operating points; `point` is null for the dense graphs. */
export const variantSchema = z.object({ method: z.enum(METHODS), point: z.string().nullable() });
export type Variant = z.infer<typeof variantSchema>;

export const cellSchema = groupSchema.extend(variantSchema.shape);
export type Cell = z.infer<typeof cellSchema>;

/** An estimate with the ends of its 95 % interval. */
export const intervalSchema = z.object({ median: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof intervalSchema>;

/** One variant inside a time block. `id` is the variant key, or `dense@again` for the A/A copy of dense. */
export const blockVariantSchema = z.object({
  id: z.string(),
  loadMs: z.number(),
  firstRunMs: z.number(),
  /** Timed calls in time order, milliseconds each. */
  samplesMs: z.array(z.number()),
  /** Parallel to samplesMs: which of the group's input batches was fed. */
  inputIndex: z.array(z.number().int()),
  /** Parallel to samplesMs: the round (one visit of all variants) it belongs to. */
  round: z.array(z.number().int()),
  /** sha256 over the float32 logits of each input batch, in input order. */
  logitsDigest: z.string(),
});
export type BlockVariant = z.infer<typeof blockVariantSchema>;

const blockBase = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** Hash of everything that changes what is measured; a stored block with another hash is not reused. */
  definition: z.string(),
  startedAt: z.string(),
  wallMs: z.number(),
};

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
  doubts: z.array(doubtSchema),
});
export type TimeBlock = z.infer<typeof timeBlockSchema>;

/** FLOPs (2 x MACs) summed over the group's input batches, by part. */
export const flopsPartsSchema = z.object({
  linear: z.number(),
  attention: z.number(),
  predictor: z.number(),
  score: z.number(),
  head: z.number(),
});
export type FlopsParts = z.infer<typeof flopsPartsSchema>;

/** Deterministic facts of one variant on the group's inputs, from a pass of its own. */
export const profileVariantSchema = z.object({
  id: z.string(),
  /** Number of sequences that the sums below cover. */
  sequences: z.number().int(),
  /** Real tokens at the input, summed over the sequences. */
  inputTokens: z.number().int(),
  /** Analytic, real tokens only (dense-padded: padded tokens, which is what that method computes). */
  flops: flopsPartsSchema,
  /** Analytic for the very graph: as `flops` plus the padding slots of batched attention. */
  executedFlops: z.number(),
  /** From the shapes in ONNX Runtime's profile. */
  profiledFlops: z.number(),
  /** Sum over sequences of kept tokens after each layer. */
  keptTokens: z.array(z.number()),
  nodeCounts: z.record(z.string(), z.number()),
  /** Kernel time by operator type, milliseconds over the pass; the profiler itself costs 5-14 %. */
  opTimeMs: z.record(z.string(), z.number()),
  /** Providers that nodes ran on, with counts. */
  nodeProviders: z.record(z.string(), z.number()),
  logitsDigest: z.string(),
});
export type ProfileVariant = z.infer<typeof profileVariantSchema>;

export const profileBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('profile'),
  group: groupSchema,
  variants: z.array(profileVariantSchema),
  doubts: z.array(doubtSchema),
});
export type ProfileBlock = z.infer<typeof profileBlockSchema>;

export const accuracyBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('accuracy'),
  group: groupSchema,
  metric: z.literal('accuracy'),
  labels: z.array(z.number().int()),
  /** sha256 over the texts used. */
  examplesDigest: z.string(),
  /** Per-example predictions (label index), parallel to `labels`, so that paired differences are computed on reading. */
  variants: z.array(z.object({ id: z.string(), predictions: z.array(z.number().int()) })),
  doubts: z.array(doubtSchema),
});
export type AccuracyBlock = z.infer<typeof accuracyBlockSchema>;

/** A block that ended without a record. */
export const failedBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('failed'),
  of: z.enum(['time', 'profile', 'accuracy']),
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
  failedBlockSchema,
]);
export type Block = z.infer<typeof blockSchema>;

export const machineSchema = z.object({
  /** Short name for people, e.g. "Intel Xeon (2 cores, AVX-512)". */
  label: z.string(),
  fingerprint: z.string(),
  os: z.string(),
  arch: z.string(),
  cpu: z.object({
    brand: z.string(),
    vendor: z.string(),
    family: z.string(),
    model: z.string(),
    stepping: z.string(),
    physicalCores: z.number().int(),
    logicalCores: z.number().int(),
    /** Instruction set ONNX Runtime's CPU provider will use, e.g. "avx512", "avx2". */
    isa: z.string(),
    flags: z.array(z.string()),
    governor: z.string().nullable(),
    cgroupCpuLimit: z.number().nullable(),
    cacheL2Bytes: z.number().nullable(),
    cacheL3Bytes: z.number().nullable(),
  }),
  memoryBytes: z.number(),
  cgroupMemoryLimitBytes: z.number().nullable(),
  virtual: z.string().nullable(),
  gpus: z.array(
    z.object({
      name: z.string(),
      memoryBytes: z.number().nullable(),
      driver: z.string().nullable(),
      computeCapability: z.string().nullable(),
    }),
  ),
  versions: z.object({ node: z.string(), onnxruntime: z.string(), bench: z.string() }),
});
export type Machine = z.infer<typeof machineSchema>;

export const runSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  status: z.enum(['running', 'complete', 'interrupted']),
  command: z.string(),
  suite: z.string(),
  /** The plan as resolved from suite and flags; --resume reads it back. */
  plan: z.unknown(),
  gitCommit: z.string().nullable(),
  machine: machineSchema,
  target: z.enum(TARGETS).nullable(),
  doubts: z.array(doubtSchema),
});
export type Run = z.infer<typeof runSchema>;

const percentile = z.number().nullable();

export const rowSchema = cellSchema.extend({
  status: z.enum(['ok', 'failed', 'skipped']),
  latencyMs: z
    .object({ p50: z.number(), p90: percentile, p99: percentile, mean: z.number(), n: z.number().int() })
    .nullable(),
  throughput: z.object({ sequencesPerSecond: z.number(), tokensPerSecond: z.number() }).nullable(),
  flops: z
    .object({
      perSequence: z.number(),
      macsPerSequence: z.number(),
      executedPerSequence: z.number(),
      profiledPerSequence: z.number(),
      ratioVsDense: z.number(),
      ratioVsDensePadded: z.number().nullable(),
      parts: flopsPartsSchema,
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
    })
    .nullable(),
  /** Operator time by type over the profile pass, ms per sequence. */
  opTimeMs: z.record(z.string(), z.number()).nullable(),
  loadMs: z.number().nullable(),
  firstRunMs: z.number().nullable(),
  /** Peak resident set of the group's block process (shared by its rows), bytes. */
  blockPeakRssBytes: z.number().nullable(),
  /** Per block: speed-up vs dense, and the median latency; for `compare`. */
  blockSpeedups: z.array(z.number()),
  blockMedianMs: z.array(z.number()),
  doubts: z.array(doubtSchema),
  reason: z.string().optional(),
});
export type Row = z.infer<typeof rowSchema>;

/** dense against its own copy: what this run cannot tell apart. */
export const noiseFloorSchema = z.object({
  group: groupSchema,
  ratio: intervalSchema,
  /** Largest distance of the interval's ends from 1. */
  floor: z.number(),
});
export type NoiseFloor = z.infer<typeof noiseFloorSchema>;

export const summarySchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: runSchema,
  noiseFloor: z
    .object({ worst: z.number(), median: z.number(), groups: z.array(noiseFloorSchema) })
    .nullable(),
  rows: z.array(rowSchema),
});
export type Summary = z.infer<typeof summarySchema>;
