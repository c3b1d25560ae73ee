// The accuracy of a row, with its interval, and its difference from dense on the very same examples.
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { AccuracyBlock, Row } from '../core/schema.ts';
import { disagreement, mcnemarExact, pairedDifference, wilson } from '../stats/proportions.ts';

/** What an accuracy is made of: of a block, or of answers that no run stores. */
export type AnsweredExamples = Pick<
  AccuracyBlock,
  'metric' | 'alsoMetrics' | 'labels' | 'examplesDigest' | 'variants'
>;

/** Null if the variant has no predictions. */
export function correctness(block: AnsweredExamples | undefined, id: string): Row['accuracy'] {
  const right = rightAnswers(block, id);
  if (block === undefined || right === undefined) return null;
  const n = right.length;
  const { value, low, high } = wilson(right.filter(Boolean).length, n);
  const dense = id === 'dense' ? undefined : rightAnswers(block, 'dense');
  return {
    ...{ metric: block.metric, value, n, low, high, deltaVsDense: delta(dense, right) },
    also: [],
    predictionsDigest: sha256Hex(stableJson(predictionsOf(block, id))),
    examplesDigest: block.examplesDigest,
  };
}

function predictionsOf(block: AnsweredExamples | undefined, id: string): readonly number[] | undefined {
  return block?.variants.find((variant) => variant.id === id)?.predictions;
}

function rightAnswers(block: AnsweredExamples | undefined, id: string): boolean[] | undefined {
  return predictionsOf(block, id)?.map((prediction, index) => prediction === block?.labels[index]);
}

function delta(
  dense: readonly boolean[] | undefined,
  own: readonly boolean[],
): NonNullable<Row['accuracy']>['deltaVsDense'] {
  if (dense === undefined) return null;
  const paired = disagreement(dense, own);
  return { ...pairedDifference(paired), pValue: mcnemarExact(paired) };
}
