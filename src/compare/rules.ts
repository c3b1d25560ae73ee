// The gate's rules: how rare a false alarm must be, which changes are too small to matter, and what is known of nights
// before any base runs tell. They are data (bench/gate.json), so that a site can set its own and a reader finds them.
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { repoRoot } from '../core/root.ts';

const share = z.number().gt(0).lt(1);

/** How much the mean of a whole run differs from night to night, beyond its blocks; and what that is worth. */
const nightSchema = z.strictObject({
  /** Standard deviation of the logarithm. */
  sd: z.number().min(0),
  /** Degrees of freedom, as if it had been estimated from one night more than that. */
  degrees: z.number().min(1),
});

export const gateRulesSchema = z.strictObject({
  /** Probability of a false alarm anywhere in the sweep (Holm). */
  familyWiseError: share,
  /** Level at which fresh blocks must agree with a candidate; one test, so unadjusted. */
  confirmError: share,
  /** Smallest relative change that matters; below it nothing is a regression, however certain. */
  threshold: z.number().min(0).lt(1),
  /** The threshold is at least the noise floor of the cell's group times this. */
  noiseFloorFactor: z.number().min(0),
  /** Base runs of a rolling baseline. */
  baselineRuns: z.number().int().min(1),
  /** With this many base runs, `nights` is learnt from them instead. */
  runsThatTellNights: z.number().int().min(2),
  nights: z.strictObject({ ratio: nightSchema, speed: nightSchema }),
  /** What may differ between instruction sets, where a token or an answer on its threshold may flip. */
  acrossMachines: z.strictObject({
    /** Relative. */
    flops: z.number().min(0),
    /** Relative, per layer. */
    keptTokensShare: z.number().min(0),
    /** Tokens per sequence, per layer; the larger of the two holds. */
    keptTokens: z.number().min(0),
    /** In absolute shares of the examples. */
    accuracy: z.number().min(0),
  }),
});
export type GateRules = z.infer<typeof gateRulesSchema>;

/** @throws BenchError naming the file and the field. */
export function readGateRules(path = join(repoRoot(), 'bench', 'gate.json')): GateRules {
  return readJson(path, gateRulesSchema, 'gate rules');
}
