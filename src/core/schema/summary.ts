// What a run amounts to: its rows, its noise floor, its verdict. Derived from the blocks, and never the other way.
import { z } from 'zod';
import { settingProofSchema } from './block.ts';
import { validitySchema } from './doubt.ts';
import { groupSchema, intervalSchema } from './group.ts';
import { rowSchema } from './row.ts';
import { runSchema } from './run.ts';
import { scenarioRowSchema } from './scenario.ts';
import { SCHEMA_VERSION } from './version.ts';

/** dense against its own copy: what this run cannot tell apart. */
export const noiseFloorSchema = z.object({
  group: groupSchema,
  ratio: intervalSchema,
  /** Largest distance of the interval's ends from 1. */
  floor: z.number(),
  /** Smallest relative change that as many blocks would show with a probability of 0.8; null with one block. */
  detectable: z.number().nullable(),
  blocks: z.number().int(),
});
export type NoiseFloor = z.infer<typeof noiseFloorSchema>;

/** The price of measuring, over all time blocks of the run. */
export const harnessCostSchema = z.object({
  /** Time per call from the end of one `session.run` to the start of the next, microseconds. */
  perCallUs: z.number(),
  /** Share of the workers' time spent inside timed calls, of all kinds of block together. */
  timedShare: z.number(),
  /** Time of the run's blocks in seconds by what it went to, e.g. `timed calls`, `loading`, `warm-up`, `accuracy`. */
  seconds: z.record(z.string(), z.number()),
});
export type HarnessCost = z.infer<typeof harnessCostSchema>;

export const summarySchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: runSchema,
  noiseFloor: z
    .object({ worst: z.number(), median: z.number(), groups: z.array(noiseFloorSchema) })
    .nullable(),
  rows: z.array(rowSchema),
  scenarios: z.array(scenarioRowSchema),
  /** What the harness itself costs; null without a time block. */
  harness: harnessCostSchema.nullable(),
  validity: validitySchema.nullable(),
  /** What was asked of the sessions and what was seen to act, over all time blocks. */
  settings: z.array(settingProofSchema),
});
export type Summary = z.infer<typeof summarySchema>;
