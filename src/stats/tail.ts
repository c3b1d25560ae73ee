// The upper half of a distribution of latencies, each point only where enough samples lie beyond it: ten, the rule of
// stats/percentiles.ts. A p99 of 100 requests would be the worst but one.
import { MIN_SAMPLES } from './percentiles.ts';
import { quantile, sortSamples, type SortedSamples } from './samples.ts';

const SAMPLES_BEYOND = 10;
/** Shares of requests that took longer. */
const SHARES = [0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001] as const;

export interface TailSummary {
  readonly p50: number;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number;
  readonly n: number;
}

/** @param valuesMs at least one. */
export function summariseTail(valuesMs: readonly number[]): TailSummary {
  const samples = sortSamples(valuesMs);
  const n = samples.length;
  const from = (least: number, probability: number): number | null =>
    n >= least ? quantile(samples, probability) : null;
  return {
    p50: quantile(samples, 0.5),
    p90: from(MIN_SAMPLES.p90, 0.9),
    p95: from(MIN_SAMPLES.p95, 0.95),
    p99: from(MIN_SAMPLES.p99, 0.99),
    max: samples[n - 1] ?? Number.NaN,
    n,
  };
}

/** How long the slowest share of the requests took at least; the largest shares first. */
export function tailCurve(valuesMs: readonly number[]): { share: number; ms: number }[] {
  const samples: SortedSamples = sortSamples(valuesMs);
  const placed = SHARES.filter(
    (share, index) => index === 0 || share * samples.length >= SAMPLES_BEYOND - 1e-9,
  );
  return placed.map((share) => ({ share, ms: quantile(samples, 1 - share) }));
}
