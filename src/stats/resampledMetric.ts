// Intervals for metrics that are no proportions (F1, Matthews, correlations), and for their difference between two
// models on the same examples: the bootstrap over examples, percentile ends, 2000 draws (Efron & Tibshirani 1993,
// chapter 13). Both models are drawn on the same examples, so what they share cancels out of the difference. Seeded by
// the number of examples alone: the same predictions give the same interval in every process.
import type { Metric } from '../core/names.ts';
import { createRandom } from '../core/random.ts';
import type { Estimate } from './proportions.ts';
import { metricOf, scoreOf } from './metrics.ts';
import { quantile, sortSamples } from './samples.ts';

export interface Difference extends Estimate {
  /** Two-sided: twice the share of draws on the rarer side of no difference. */
  readonly pValue: number;
}

export interface ResampledMetric extends Estimate {
  /** Own minus that of dense; null without dense. */
  readonly difference: Difference | null;
}

const DRAWS = 2000;

/** @param dense predictions of the same examples to compare with, or null. */
export function resampledMetric(
  metric: Metric,
  labels: readonly number[],
  own: readonly number[],
  dense: readonly number[] | null,
): ResampledMetric {
  const scores = [own, ...(dense === null ? [] : [dense])].map((answers) => scoreOf(metric, labels, answers));
  const draws = drawScores(labels.length, scores);
  const values = draws.map(([first = 0]) => first);
  const value = metricOf(metric, labels, own);
  if (dense === null) return { ...ends(value, values), difference: null };
  const differences = draws.map(([first = 0, second = 0]) => first - second);
  const gain = value - metricOf(metric, labels, dense);
  return {
    ...ends(value, values),
    difference: { ...ends(gain, differences), pValue: pValueOf(differences) },
  };
}

function drawScores(n: number, scores: readonly ((weights: ArrayLike<number>) => number)[]): number[][] {
  const random = createRandom(`metric/${n}`);
  const weights = new Uint32Array(n);
  return Array.from({ length: DRAWS }, () => {
    weights.fill(0);
    for (let drawn = 0; drawn < n; drawn++) {
      const index = Math.floor(random.next() * n);
      weights[index] = (weights[index] ?? 0) + 1;
    }
    return scores.map((score) => score(weights));
  });
}

/** The value itself is never outside, as a skew draw could have it. */
function ends(value: number, draws: readonly number[]): Estimate {
  const sorted = sortSamples(draws);
  return {
    value,
    low: Math.min(value, quantile(sorted, 0.025)),
    high: Math.max(value, quantile(sorted, 0.975)),
  };
}

/** One is added to both counts, so that it is never 0: B draws cannot show less than 1 / B. */
function pValueOf(differences: readonly number[]): number {
  const rarer = Math.min(
    differences.filter((difference) => difference <= 0).length,
    differences.filter((difference) => difference >= 0).length,
  );
  return Math.min(1, (2 * (rarer + 1)) / (differences.length + 1));
}
