// Rows that have no accuracy because there is none to have: a model with random weights answers nothing. Every place
// that would show an accuracy says so instead of leaving a gap that could be read as "not measured yet".
import type { Row } from '../../core/schema/row.ts';
import { list } from './format.ts';
import { groupBy } from '../../core/grouping.ts';

type Silent = Pick<Row, 'noAccuracy'>;

/** Beside a number that such a row lacks. */
export const NONE = 'none';

/** `none (random weights)`; null for a row that has an accuracy, or might have had one. */
export function noAccuracyText({ noAccuracy }: Silent): string | null {
  return noAccuracy === undefined ? null : `${NONE} (${noAccuracy})`;
}

/** One sentence a reason: `bert-base and roberta-base have random weights, so ...`. Empty where all have one. */
export function noAccuracySentences(rows: readonly (Silent & Pick<Row, 'model'>)[]): string[] {
  const silent = rows.filter(({ noAccuracy }) => noAccuracy !== undefined);
  return [...groupBy(silent, ({ noAccuracy }) => noAccuracy ?? '')].map(([reason, own]) => {
    const models = [...new Set(own.map(({ model }) => model))];
    const verb = models.length === 1 ? 'has' : 'have';
    return `${list(models)} ${verb} ${reason}, so there is no accuracy; only speed and FLOPs are compared.`;
  });
}
