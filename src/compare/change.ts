// How much faster the same cell is in a new run, from the values of the blocks of both: the difference of mean
// logarithms with Welch's interval. Blocks of two runs are not paired, and few; Student's t with Welch's degrees
// of freedom (rounded down) keeps the interval honest where a bootstrap of 3 to 8 values would be too narrow.
import type { Interval } from '../core/schema.ts';
import { mean } from '../stats/samples.ts';
import { student95 } from '../stats/student.ts';

/** @returns new / base; null when a side has fewer than two blocks, which allows no interval. */
export function changeOf(base: readonly number[], next: readonly number[]): Interval | null {
  if (base.length < 2 || next.length < 2) return null;
  const [before, after] = [logMoments(base), logMoments(next)];
  const difference = after.mean - before.mean;
  const variance = before.meanVariance + after.meanVariance;
  const half = variance === 0 ? 0 : student95(welchDegrees(before, after)) * Math.sqrt(variance);
  return {
    median: Math.exp(difference),
    low: Math.exp(difference - half),
    high: Math.exp(difference + half),
  };
}

interface Moments {
  readonly mean: number;
  /** Variance of the mean. */
  readonly meanVariance: number;
  readonly n: number;
}

function logMoments(values: readonly number[]): Moments {
  const logs = values.map(Math.log);
  const centre = mean(logs);
  const squares = logs.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { mean: centre, meanVariance: squares / (logs.length - 1) / logs.length, n: logs.length };
}

function welchDegrees(a: Moments, b: Moments): number {
  const total = (a.meanVariance + b.meanVariance) ** 2;
  const parts = a.meanVariance ** 2 / (a.n - 1) + b.meanVariance ** 2 / (b.n - 1);
  return Math.max(1, Math.floor(total / parts));
}
