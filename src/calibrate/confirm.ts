// What a calibrated point is worth on examples of one split: the task's metric of dense and of the point with intervals,
// their paired difference, the FLOPs ratio with an interval over examples. Made by the same function that makes a bench row's
// accuracy, so that the bench agrees to the digit. Where labels mean nothing to the model (no trained head, random
// weights) dense's own answers take their place, and the metric is agreement with dense.
import { createRandom } from '../core/random.ts';
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { Metric } from '../core/names.ts';
import type { Row } from '../core/schema/row.ts';
import { correctness, type AnsweredExamples } from '../rows/correctness.ts';
import { wilson, type Estimate } from '../stats/proportions.ts';
import { ratioOfSums } from '../stats/ratioOfSums.ts';
import { mean } from '../stats/samples.ts';
import { divergences } from './divergence.ts';
import { answersOf } from './measured.ts';
import type { Answers, ExampleSet } from './subject.ts';

export const AGREEMENT = 'agreement with dense';
/** Pearson's, of a single value. */
export const CORRELATION = 'correlation with dense';
export type Accuracy = NonNullable<Row['accuracy']>;

export interface Judged {
  readonly n: number;
  readonly metric: string;
  /** Null where dense itself is what is compared with. */
  readonly dense: Estimate | null;
  readonly point: Estimate;
  /** Point minus dense; null where dense is what is compared with. */
  readonly delta: Accuracy['deltaVsDense'];
  /** Share of examples that both answer alike; null for regression. */
  readonly agreement: Estimate | null;
  readonly divergence: number;
  readonly flopsRatio: Estimate;
  readonly meanTokens: number;
  /** Mean tokens alive after each layer. */
  readonly keptTokens: readonly number[];
}

export interface Labels {
  /** Null where they mean nothing to the model. */
  readonly values: readonly number[] | null;
  /** Label of each output (text/tasks/align.ts); null where an output's index is its label, and of a regression. */
  readonly outputs: readonly number[] | null;
  readonly metrics: readonly [Metric, ...Metric[]];
}

/** The model's answers in the order of the task's labels. */
export function inTaskOrder({ outputs }: Labels, answers: readonly number[]): readonly number[] {
  return outputs === null ? answers : answers.map((output) => outputs[output] ?? -1);
}

export function judge(set: ExampleSet, dense: Answers, point: Answers, labels: Labels, seed: string): Judged {
  const [own, theirs] = [answersOf(point), answersOf(dense)];
  const same = own.filter((answer, index) => answer === theirs[index]).length;
  const agreement = dense.classes === 1 ? null : wilson(same, set.size);
  return {
    n: set.size,
    ...worth(labels, theirs, own, agreement),
    agreement,
    divergence: mean(divergences(dense, point)),
    flopsRatio: ratioOfSums(dense.flops, point.flops, createRandom(seed)),
    meanTokens: mean(set.lengths),
    keptTokens: point.kept.map(mean),
  };
}

function worth(
  labels: Labels,
  dense: readonly number[],
  point: readonly number[],
  agreement: Estimate | null,
): Pick<Judged, 'metric' | 'dense' | 'point' | 'delta'> {
  const nothing = { dense: null, delta: null };
  const { values, metrics } = labels;
  if (values !== null) {
    const scored = scores(values, metrics, inTaskOrder(labels, dense), inTaskOrder(labels, point));
    return { metric: scored.point.metric, ...scored, delta: scored.point.deltaVsDense };
  }
  if (agreement !== null) return { metric: AGREEMENT, point: agreement, ...nothing };
  return { metric: CORRELATION, point: scores(dense, ['pearson'], dense, point).point, ...nothing };
}

function scores(
  labels: readonly number[],
  [metric, ...alsoMetrics]: Labels['metrics'],
  dense: readonly number[],
  point: readonly number[],
): { dense: Accuracy; point: Accuracy } {
  const block: AnsweredExamples = {
    ...{ metric, alsoMetrics, labels: [...labels], examplesDigest: sha256Hex(stableJson(labels)) },
    truncated: 0, // nobody asks here
    variants: [
      { id: 'dense', predictions: [...dense] },
      { id: 'point', predictions: [...point] },
    ],
  };
  const [first, second] = [correctness(block, 'dense'), correctness(block, 'point')];
  if (first === null || second === null) throw new Error('answers without an accuracy');
  return { dense: first, point: second };
}
