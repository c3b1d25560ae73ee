// The task's metrics of a row, with their intervals, and their difference from dense on the very same examples.
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { Metric } from '../core/names.ts';
import type { AccuracyBlock } from '../core/schema/block.ts';
import type { Row } from '../core/schema/row.ts';
import { disagreement, mcnemarExact, pairedDifference, wilson } from '../stats/proportions.ts';
import { resampledMetric, type ResampledMetric } from '../stats/resampledMetric.ts';

/** What an accuracy is made of: of a block, or of answers that no run stores. */
export type AnsweredExamples = Pick<
  AccuracyBlock,
  'metric' | 'alsoMetrics' | 'labels' | 'examplesDigest' | 'truncated' | 'variants'
>;

/** Null if the variant has no predictions. */
export function correctness(block: AnsweredExamples | undefined, id: string): Row['accuracy'] {
  const own = predictionsOf(block, id);
  if (block === undefined || own === undefined) return null;
  const { metric, alsoMetrics, labels, examplesDigest, truncated } = block;
  const dense = id === 'dense' ? null : (predictionsOf(block, 'dense') ?? null);
  const predictionsDigest = sha256Hex(stableJson(own));
  const key = sha256Hex(stableJson([labels, own, dense]));
  const [first, ...others] = [metric, ...alsoMetrics].map((one) => ({
    metric: one,
    ...estimate(one, key, labels, own, dense),
  }));
  if (first === undefined) return null;
  const { value, low, high, difference } = first;
  return {
    ...{ metric, value, n: labels.length, low, high, deltaVsDense: difference },
    also: others.map(({ difference: delta, ...rest }) => ({
      ...rest,
      deltaVsDense: delta === null ? null : { value: delta.value, low: delta.low, high: delta.high },
    })),
    truncated,
    predictionsDigest,
    examplesDigest,
  };
}

function predictionsOf(block: AnsweredExamples | undefined, id: string): readonly number[] | undefined {
  return block?.variants.find((variant) => variant.id === id)?.predictions;
}

/** What was drawn once for these predictions: rows are made again after every block. */
const known = new Map<string, ResampledMetric>();

/** An accuracy is a proportion, which has exact methods; the other metrics are resampled. */
function estimate(
  metric: Metric,
  key: string,
  labels: readonly number[],
  own: readonly number[],
  dense: readonly number[] | null,
): ResampledMetric {
  if (metric === 'accuracy') return proportion(labels, own, dense);
  const place = `${metric} ${key}`;
  const found = known.get(place);
  if (found !== undefined) return found;
  const made = resampledMetric(metric, labels, own, dense);
  known.set(place, made);
  return made;
}

function proportion(
  labels: readonly number[],
  own: readonly number[],
  dense: readonly number[] | null,
): ResampledMetric {
  const right = rightAnswers(labels, own);
  const estimated = wilson(right.filter(Boolean).length, right.length);
  if (dense === null) return { ...estimated, difference: null };
  const paired = disagreement(rightAnswers(labels, dense), right);
  return { ...estimated, difference: { ...pairedDifference(paired), pValue: mcnemarExact(paired) } };
}

function rightAnswers(labels: readonly number[], predictions: readonly number[]): boolean[] {
  return predictions.map((prediction, index) => prediction === labels[index]);
}
