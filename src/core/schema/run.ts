// The record of a run: what was asked for, where and when.
import { z } from 'zod';
import { MODEL_ORIGINS, TARGETS } from '../names.ts';
import { doubtSchema } from './doubt.ts';
import { labellingSchema, textFileSchema } from './labelling.ts';
import { machineSchema } from './machine.ts';
import { SCHEMA_VERSION } from './version.ts';

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
  /** The part of the plan's groups that this run measures; null for all. */
  shard: z.object({ index: z.number().int().min(1), count: z.number().int().min(1) }).nullable(),
  /** Ids of the runs that were merged into this one. */
  mergedFrom: z.array(z.string()),
  /** In a merged run: the machines of all parts, if there is more than one; `machine` is that of the first part. */
  machines: z.array(machineSchema).optional(),
  /** Hashes of what the numbers were made with: the measuring code, the models, the texts. */
  ingredients: z.record(z.string(), z.string()).optional(),
  /** What a reader must know of each model; absent in records of older versions, whose models all shipped. */
  models: z.record(z.string(), z.object({ origin: z.enum(MODEL_ORIGINS), base: z.string() })).optional(),
  /** Methods that are not of the tree, by name: which file they came from. */
  methods: z
    .record(z.string(), z.object({ file: z.string(), sha256: z.string(), summary: z.string().optional() }))
    .optional(),
  /** What the models' outputs were taken to mean; absent in records of older versions. */
  labels: z.array(labellingSchema).optional(),
  /** How the files of the user's own were read. */
  textFiles: z.array(textFileSchema).optional(),
  /** Providers that the plan wants and this machine lacks, with the reason. */
  obstacles: z.record(z.string(), z.string()).optional(),
});
export type Run = z.infer<typeof runSchema>;
