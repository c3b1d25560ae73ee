// The words of a run of ready graphs. Records call every baseline dense; a reader who brought graphs of unknown inside
// knows them as the baseline graph and the others, so the texts that speak of dense and of methods are put that way.
// Only texts of ours pass through here, never a name that somebody gave.
import { variantKey } from '../../core/keys.ts';
import { AS_IS } from '../../core/names.ts';
import type { Variant } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import type { ChartSpec } from './charts/chartSpec.ts';

type Formatted = Pick<Row, 'precision'>;

const BASELINE = 'baseline';
const PADDED = 'padded baseline';

/** The first that fits goes first. */
const TERMS: readonly (readonly [RegExp, string])[] = [
  [/the unpadded dense model/g, 'the baseline graph'],
  [/dense \(unpadded\)/g, 'the baseline graph'],
  [/vs dense-padded/g, `vs ${PADDED}`],
  [/vs dense on average/g, 'vs the baseline graph on average'],
  [/vs dense/g, `vs ${BASELINE}`],
  [/dense-padded/g, `the ${PADDED}`],
  [/\bdense\b/g, 'the baseline graph'],
  [/pruned method|\bmethod\b/g, 'graph'],
];

/** Whether all rows are of ready graphs: a run has either those or models of the zoo. */
export function isReady(rows: readonly Formatted[]): boolean {
  return rows.length > 0 && rows.every(({ precision }) => precision === AS_IS);
}

export function inWords(rows: readonly Formatted[], text: string): string {
  if (!isReady(rows)) return text;
  return TERMS.reduce((so, [term, word]) => so.replaceAll(term, word), text);
}

/** A template tag: the text of the template in the words of these rows, what is put into it as it is. */
export function wording(
  rows: readonly Formatted[],
): (texts: TemplateStringsArray, ...values: readonly (string | number)[]) => string {
  return (texts, ...values) =>
    texts.map((text, index) => inWords(rows, text) + String(values[index] ?? '')).join('');
}

/** e.g. `ltp:x2`; of ready graphs `baseline` and `graph:mine`. */
export function labelOf(row: Variant & Formatted): string {
  return row.precision === AS_IS ? readyLabel(variantKey(row)) : variantKey(row);
}

function readyLabel(key: string): string {
  if (key === 'dense') return BASELINE;
  return key === 'dense-padded' ? PADDED : key;
}

/** A chart in the words of its rows. */
export function chartInWords(rows: readonly Formatted[], spec: ChartSpec): ChartSpec {
  if (!isReady(rows)) return spec;
  const axis = <A extends ChartSpec['x']>(one: A): A => ({
    ...one,
    title: inWords(rows, one.title),
    ...(one.names === undefined ? {} : { names: one.names.map(readyLabel) }),
  });
  return {
    ...spec,
    title: inWords(rows, spec.title),
    caption: inWords(rows, spec.caption),
    x: axis(spec.x),
    y: axis(spec.y),
    series: spec.series.map((one) => ({ ...one, label: readyLabel(one.label) })),
    table: {
      headers: spec.table.headers.map((header) => inWords(rows, header)),
      rows: spec.table.rows.map(([first = '', ...rest]) => [readyLabel(first), ...rest]),
    },
  };
}
