// What a variant costs besides its latency: loading it, its first calls, memory, energy. A cost block is a fresh
// process with one variant alone in it, since sessions that share a process share its memory.
import { z } from 'zod';
import { blockBase } from './blockBase.ts';
import { doubtSchema } from './doubt.ts';
import { groupSchema } from './group.ts';

/** Energy over a stretch of calls, from a counter of the machine: all of it, what the idle machine draws included. */
export const energySchema = z.object({
  joules: z.number(),
  /** Length of the stretch. */
  seconds: z.number().positive(),
  /** Mean power of the same parts just before the model was loaded, while this process slept. */
  idleWatts: z.number(),
  /** Sequences that were computed meanwhile. */
  sequences: z.number().int(),
  /** e.g. `RAPL package-0 + dram`, `nvidia-smi power.draw`. */
  source: z.string(),
});
export type Energy = z.infer<typeof energySchema>;

export const costBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('cost'),
  group: groupSchema,
  /** Index of the variant in its group. */
  block: z.number().int(),
  id: z.string(),
  loadMs: z.number(),
  /** The very first call of the process. */
  firstRunMs: z.number(),
  /** Median over the further input shapes of the first call on each; null with one shape. */
  newShapeRunMs: z.number().nullable(),
  /** Median of the calls after every shape was seen. */
  steadyRunMs: z.number(),
  /** Resident set before the model was loaded, and the peak at the end, bytes. */
  rssBeforeBytes: z.number(),
  peakRssBytes: z.number(),
  /** Memory of the device used by this process, the provider's context included; null without one. */
  deviceMemoryBytes: z.number().nullable(),
  energy: energySchema.nullable(),
  /** Why there is no energy; null if there is. */
  energyReason: z.string().nullable(),
  doubts: z.array(doubtSchema),
});
export type CostBlock = z.infer<typeof costBlockSchema>;

/** The costs of a row, from its cost block. */
export const costsSchema = z.object({
  loadMs: z.number(),
  firstRunMs: z.number(),
  newShapeRunMs: z.number().nullable(),
  peakRssBytes: z.number(),
  /** What the variant added to the empty process. */
  addedRssBytes: z.number(),
  deviceMemoryBytes: z.number().nullable(),
  energyPerSequenceJoules: z.number().nullable(),
  /** Mean power while computing, and just before; the energy above holds both. */
  watts: z.number().nullable(),
  idleWatts: z.number().nullable(),
  energySource: z.string().nullable(),
  energyReason: z.string().nullable(),
  /** Codes of what disturbed the measurement, e.g. `busy-neighbours`, whose energy and time are in the numbers. */
  disturbances: z.array(z.string()),
});
export type Costs = z.infer<typeof costsSchema>;
