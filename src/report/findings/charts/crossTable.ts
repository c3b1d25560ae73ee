// A chart's numbers as a table: variants down, one axis across.
import type { Row } from '../../../core/schema/row.ts';
import { NOT_MEASURED } from '../format.ts';
import { groupBy } from '../../../core/grouping.ts';
import { ascending, compareVariants, type Setting } from '../settings.ts';
import { labelOf } from '../vocabulary.ts';
import type { ChartSpec } from './chartSpec.ts';

export function crossTable(
  { words }: Setting,
  rows: readonly Row[],
  axis: string,
  valueOf: (row: Row) => number,
  textOf: (row: Row) => string,
): ChartSpec['table'] {
  const values = ascending(rows.map(valueOf));
  const byVariant = groupBy(rows.toSorted(compareVariants), labelOf);
  return {
    headers: [words.method, ...values.map((value) => `${axis} ${value}`)],
    rows: [...byVariant].map(([variant, own]) => [
      variant,
      ...values.map((value) => {
        const row = own.find((candidate) => valueOf(candidate) === value);
        const text = row === undefined ? '' : textOf(row);
        if (text !== '') return text;
        return row === undefined || row.status === 'ok' ? NOT_MEASURED : row.status;
      }),
    ]),
  };
}
