// The number that a loss is a loss of, on one set of examples: the task's own metric, or, where labels mean nothing to the
// model, the agreement with dense: the share of equal answers, for a single value their correlation.
import { metricOf } from '../stats/metrics.ts';
import { inTaskOrder, type Labels } from './confirm.ts';
import { answersOf, type Score } from './measured.ts';
import type { Answers } from './subject.ts';

export function scoreOf(labels: Labels, dense: Answers): Score {
  const { values, metrics } = labels;
  if (values !== null) return (answers) => metricOf(metrics[0], values, inTaskOrder(labels, answers));
  const own = answersOf(dense);
  return (answers) => metricOf(dense.classes === 1 ? 'pearson' : 'accuracy', own, answers);
}
