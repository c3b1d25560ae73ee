// Evaluations on a real model: a set of examples, dense's answers on it, and what each setting of the strengths makes of it.
import { predictionsOf } from '../worker/logits.ts';
import { sum } from '../stats/samples.ts';
import { divergences } from './divergence.ts';
import type { Evaluate, Evaluation } from './evaluation.ts';
import type { Answers, ExampleSet, Subject } from './subject.ts';

/** What a set's answers are worth; the labels' metric, or the share of answers that are dense's. */
export type Score = (predictions: readonly number[]) => number;

export interface MeasuredSet {
  readonly set: ExampleSet;
  readonly dense: Answers;
  readonly score: Score;
}

export function answersOf({ logits, classes }: Pick<Answers, 'logits' | 'classes'>): number[] {
  return predictionsOf(logits, classes);
}

/** @param between called before each batch; may throw to stop. */
export function evaluateOn(
  subject: Subject,
  { set, dense, score }: MeasuredSet,
  between: () => Promise<void>,
  counted: (evaluation: Evaluation) => void,
): Evaluate {
  const denseFlops = sum(dense.flops);
  const tokens = sum(set.lengths);
  const denseScore = score(answersOf(dense));
  return async (strengths) => {
    const pruned = await subject.pruned(set, strengths, between);
    const evaluation = {
      strengths: [...Float32Array.from(strengths)], // as the point's file will hold them
      divergence: sum(divergences(dense, pruned)) / set.size,
      flopsShare: sum(pruned.flops) / denseFlops,
      kept: pruned.kept.map((layer) => sum(layer) / tokens),
      loss: denseScore - score(answersOf(pruned)),
      lossError:
        dense.classes === 1 ? 0 : Math.sqrt(turnedOver(answersOf(dense), answersOf(pruned)) / set.size),
    };
    counted(evaluation);
    return evaluation;
  };
}

/** Share of examples that are answered otherwise: the variance of a paired difference of accuracies, at most, times n. */
function turnedOver(dense: readonly number[], pruned: readonly number[]): number {
  return dense.filter((answer, index) => answer !== pruned[index]).length / dense.length;
}
