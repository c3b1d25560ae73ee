// The number that a loss is a loss of, on one set of examples: the task's own metric, or, where labels mean nothing to the
// model, the share of answers that are dense's own.
import { answersOf, type Score } from './measured.ts';
import type { Labels } from './confirm.ts';
import type { Answers } from './subject.ts';

export function scoreOf({ values }: Labels, dense: Answers): Score {
  const right = values ?? answersOf(dense);
  return (predictions) =>
    predictions.filter((answer, index) => answer === right[index]).length / right.length;
}
