// Latency percentiles, withheld where the samples are too few to place them: a p99 of 100 calls is the worst call
// but one. The smallest counts are those of "indicative" percentiles (ten samples beyond the percentile).
import { mean, quantile, sortSamples } from './samples.ts';

export const MIN_SAMPLES = { p90: 100, p95: 200, p99: 1000 } as const;

export interface LatencySummary {
  readonly p50: number;
  /** Null below MIN_SAMPLES.p90 samples. */
  readonly p90: number | null;
  /** Null below MIN_SAMPLES.p95 samples. */
  readonly p95: number | null;
  /** Null below MIN_SAMPLES.p99 samples. */
  readonly p99: number | null;
  readonly mean: number;
  readonly n: number;
}

/** @param valuesMs at least one. */
export function summariseLatency(valuesMs: readonly number[]): LatencySummary {
  const samples = sortSamples(valuesMs);
  const n = samples.length;
  return {
    p50: quantile(samples, 0.5),
    p90: n >= MIN_SAMPLES.p90 ? quantile(samples, 0.9) : null,
    p95: n >= MIN_SAMPLES.p95 ? quantile(samples, 0.95) : null,
    p99: n >= MIN_SAMPLES.p99 ? quantile(samples, 0.99) : null,
    mean: mean(samples),
    n,
  };
}
