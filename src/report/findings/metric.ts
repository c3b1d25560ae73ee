// How a task's metric is named and written. An accuracy is a share of right answers, so it is a percentage and its
// differences are points; F1 and correlations are plain numbers, and nobody must read one of them as the other.
import type { Row } from '../../core/schema/row.ts';
import { isSignificant, NOT_MEASURED, percent, points } from './format.ts';

type Accuracy = NonNullable<Row['accuracy']>;
type Scored = Pick<Row, 'accuracy'>;

const TITLES: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  f1: 'F1',
  matthews: 'Matthews',
  pearson: 'Pearson',
  spearman: 'Spearman',
};
const CORRELATIONS: readonly string[] = ['matthews', 'pearson', 'spearman'];

/** In a sentence: `accuracy`, `F1`, `Matthews correlation`. */
export function metricName(metric: string): string {
  return `${metricTitle(metric)}${CORRELATIONS.includes(metric) ? ' correlation' : ''}`;
}

/** In a column: `accuracy`, `F1`, `Matthews`. */
export function metricTitle(metric: string): string {
  return TITLES[metric] ?? metric;
}

/** `91.2 %`, `0.887` */
export function score(metric: string, value: number): string {
  return metric === 'accuracy' ? percent(value) : value.toFixed(3).replace('-', '−');
}

/** With its sign: `−0.6` of an accuracy, in points; `−0.012` of any other. */
export function scoreDifference(metric: string, difference: number): string {
  if (metric === 'accuracy') return points(difference);
  const text = difference.toFixed(3);
  if (Number(text) === 0) return '0.000';
  return difference > 0 ? `+${text}` : text.replace('-', '−');
}

/** What a difference is counted in, as a word behind it; nothing for plain numbers. */
export function differenceUnit(metric: string): string {
  return metric === 'accuracy' ? ' points' : '';
}

/** `−0.6 [−1.4..+0.2]` */
export function differenceInterval(metric: string, difference: Difference): string {
  return spanText(metric, difference, '');
}

interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function spanText(metric: string, { value, low, high }: Difference, unit: string): string {
  const [middle, from, to] = [value, low, high].map((one) => scoreDifference(metric, one));
  return `${middle}${unit} [${from}..${to}]`;
}

/** `−0.6 points [−1.4..+0.2]`, `−0.012 [−0.030..+0.004]` */
export function differenceWithUnit(metric: string, difference: Difference): string {
  return spanText(metric, difference, differenceUnit(metric));
}

/** The metrics of rows that have one, in the order they are met. */
export function metricsOf(rows: readonly Scored[]): string[] {
  return [...new Set(rows.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy.metric])))];
}

/** One metric's title where all rows share it, `score` where they do not; `accuracy` where none has any. */
export function sharedTitle(rows: readonly Scored[]): string {
  const [metric = 'accuracy', ...others] = metricsOf(rows);
  return others.length === 0 ? metricTitle(metric) : 'score';
}

/** The same in a sentence. */
export function sharedName(rows: readonly Scored[]): string {
  const [metric = 'accuracy', ...others] = metricsOf(rows);
  return others.length === 0 ? metricName(metric) : "the task's metric";
}

/** `91.2 % (n=872)`; @param named with the metric before it, where the column's title does not say it. */
export function scoreWithCount(accuracy: Accuracy | null, named = false): string {
  if (accuracy === null) return NOT_MEASURED;
  const { metric, value, n } = accuracy;
  return `${named ? `${metricTitle(metric)} ` : ''}${score(metric, value)} (n=${n})`;
}

/** `−0.6 [−1.4..+0.2]*`; an asterisk marks p < 0.05. */
export function markedDifference(accuracy: Accuracy | null): string {
  const delta = accuracy?.deltaVsDense ?? null;
  if (accuracy === null || delta === null) return '';
  return `${differenceInterval(accuracy.metric, delta)}${isSignificant(delta.pValue) ? '*' : ''}`;
}
