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

/** As a suite or a command line asks for it. */
export const wantedScenarioSchema = z.strictObject({
  name: z.enum(SCENARIOS),
  /** Null: as many as the machine has room for, see plan/scenarios.ts. */
  streams: z.number().int().min(1).nullable().default(null),
  /** Null: a share of what dense was measured to manage, see worker/load/measureLoad.ts. */
  ratePerSecond: z.number().positive().nullable().default(null),
});
export type WantedScenario = z.infer<typeof wantedScenarioSchema>;

/** What one variant did with the requests of its scenario; the arrays are parallel to those of `requests`. */
export const loadVariantSchema = z.object({
  id: z.string(),
  /** From the scheduled arrival (server), the start of the turn (offline) or the issue (single-stream) to the answer. */
  latencyMs: z.array(z.number()),
  /** The part of it before the request was handed to a stream. */
  waitMs: z.array(z.number()),
  /** The part of it inside `session.run`; 0 of a request that was given up. */
  serviceMs: z.array(z.number()),
  /** Time of each turn from its first arrival to its last answer. */
  turnMs: z.array(z.number()),
  /** Requests of overloaded turns that were given up; their latency is their age then, so a lower bound. */
  abandoned: z.number().int(),
});
export type LoadVariant = z.infer<typeof loadVariantSchema>;

/** The same for all variants: they take turns on equal requests. In order of arrival. */
export const loadRequestsSchema = z.object({
  /** Which of the group's input batches. */
  input: z.array(z.number().int()),
  turn: z.array(z.number().int()),
  /** Scheduled, from the start of the turn; all 0 but for `server`. */
  arrivalMs: z.array(z.number()),
});
export type LoadRequests = z.infer<typeof loadRequestsSchema>;

export const loadScenarioSchema = z.object({
  scenario: scenarioSchema,
  requests: loadRequestsSchema,
  variants: z.array(loadVariantSchema),
  /** Why it could not be run; null if it was. */
  reason: z.string().nullable(),
});
export type LoadScenario = z.infer<typeof loadScenarioSchema>;

export const loadBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('load'),
  group: groupSchema,
  block: z.number().int(),
  scenarios: z.array(loadScenarioSchema),
  /** CPUs that each stream was pinned to; null where it was not. */
  pinnedTo: z.array(z.array(z.number().int())).nullable(),
  doubts: z.array(doubtSchema),
});
export type LoadBlock = z.infer<typeof loadBlockSchema>;

const percentile = z.number().nullable();

export const scenarioRowSchema = cellSchema.extend({
  scenario: scenarioSchema,
  status: z.enum(['ok', 'failed', 'skipped']),
  /** Per request; a percentile is withheld (null) where there are too few. Null for offline, where it says nothing. */
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
  /** The upper half of the latencies: the share of requests that took longer than `ms`, as far as n allows. */
  tail: z.array(z.object({ share: z.number(), ms: z.number() })).nullable(),
  requestsPerSecond: z.number().nullable(),
  sequencesPerSecond: z.number().nullable(),
  /** Share of the streams' time spent inside `session.run`. */
  utilisation: z.number().nullable(),
  /** Mean time of a request that is neither waiting for a stream nor inside `session.run`: the harness's own. */
  harnessMs: z.number().nullable(),
  /** Dense's value over this one: above 1 is better. Throughput is used for offline, p50 and p99 for the others. */
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
