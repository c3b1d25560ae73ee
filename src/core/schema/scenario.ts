// Load scenarios: the same graphs under the ways in which they are used. single-stream: one request after another;
// offline: all requests at once, several streams; server: requests arrive by a Poisson process, and latency counts
// from the scheduled arrival. Words and rules as in MLPerf Inference (Reddi et al. 2020, section III).
import { z } from 'zod';
import { blockBase } from './blockBase.ts';
import { doubtSchema, validitySchema } from './doubt.ts';
import { cellSchema, groupSchema, intervalSchema } from './group.ts';

export const SCENARIOS = ['single-stream', 'offline', 'server'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export const scenarioSchema = z.object({
  name: z.enum(SCENARIOS),
  /** Streams that work side by side, each with a session and threads of its own. */
  streams: z.number().int().min(1),
  /** Arrivals a second; null but for `server`. */
  ratePerSecond: z.number().positive().nullable(),
});
export type Scenario = z.infer<typeof scenarioSchema>;

export const loadVariantSchema = z.object({
  id: z.string(),
  /** One a request in order of arrival: from the scheduled arrival (server), else from the start, to the answer. */
  latencyMs: z.array(z.number()),
  /** Parallel to latencyMs: the time inside `session.run`. */
  serviceMs: z.array(z.number()),
  /** Parallel to latencyMs: the turn (variants take turns on the same arrivals) it belongs to. */
  turn: z.array(z.number().int()),
  /** Time of each turn from its first arrival to its last answer. */
  turnMs: z.array(z.number()),
});
export type LoadVariant = z.infer<typeof loadVariantSchema>;

export const loadBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('load'),
  group: groupSchema,
  block: z.number().int(),
  scenarios: z.array(z.object({ scenario: scenarioSchema, variants: z.array(loadVariantSchema) })),
  doubts: z.array(doubtSchema),
});
export type LoadBlock = z.infer<typeof loadBlockSchema>;

const percentile = z.number().nullable();

export const scenarioRowSchema = cellSchema.extend({
  scenario: scenarioSchema,
  status: z.enum(['ok', 'failed', 'skipped']),
  /** Per request; a percentile is withheld (null) where there are too few. */
  latencyMs: z
    .object({
      p50: z.number(),
      p90: percentile,
      p95: percentile,
      p99: percentile,
      max: z.number(),
      n: z.number().int(),
    })
    .nullable(),
  requestsPerSecond: z.number().nullable(),
  sequencesPerSecond: z.number().nullable(),
  /** Share of the streams' time spent inside `session.run`. */
  utilisation: z.number().nullable(),
  /** Of dense over this: above 1 is better. Throughput is used for offline, p50 and p99 for the others. */
  vsDense: z
    .object({
      throughput: intervalSchema.nullable(),
      p50: intervalSchema.nullable(),
      p99: intervalSchema.nullable(),
    })
    .nullable(),
  doubts: z.array(doubtSchema),
  validity: validitySchema.nullable(),
  reason: z.string().optional(),
});
export type ScenarioRow = z.infer<typeof scenarioRowSchema>;
