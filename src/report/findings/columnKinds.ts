// The kinds of column that the full table has: a title with its unit, and how a row's value is shown and sorted. What
// a finished row lacks is said in words, never left to be read as zero.
import type { Interval } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import { NOT_MEASURED, plain, ratioInterval } from './format.ts';
import type { Tone } from './tone.ts';

export interface ColumnCell {
  readonly text: string;
  /** What to sort by; null sorts last. */
  readonly key: number | string | null;
  readonly tone: Tone;
}

export interface Column {
  readonly title: string;
  /** Shown where a finished row has no value. */
  readonly cellOf: (row: Row) => ColumnCell;
}

export const EMPTY: ColumnCell = { text: '', key: null, tone: 'plain' };
const MISSING: ColumnCell = { ...EMPTY, text: NOT_MEASURED };

/** A cell that is sorted by what it shows unless another key is given. */
export function cell(shown: string, key: ColumnCell['key'] = shown, tone: Tone = 'plain'): ColumnCell {
  return { text: shown, key, tone };
}

export function text(
  title: string,
  read: (row: Row) => string,
  toneOf: (row: Row) => Tone = () => 'plain',
): Column {
  return {
    title,
    cellOf: (row) => {
      const value = read(row);
      return value === '' ? EMPTY : cell(value, value, toneOf(row));
    },
  };
}

export function numeric(
  title: string,
  read: (row: Row) => number | null | undefined,
  write: (value: number) => string = plain,
): Column {
  return {
    title,
    cellOf: (row) => {
      const value = read(row) ?? null;
      return value === null ? EMPTY : cell(write(value), value);
    },
  };
}

/** Shows "not measured" where a row of another status than failed lacks it. */
export function expected(column: Column, isExpected: (row: Row) => boolean): Column {
  return {
    ...column,
    cellOf: (row) => {
      const own = column.cellOf(row);
      return own.text === '' && row.status === 'ok' && isExpected(row) ? MISSING : own;
    },
  };
}

export function interval(
  title: string,
  baseline: Row['method'],
  read: (row: Row) => Interval | null | undefined,
): Column {
  return {
    title,
    cellOf: (row) => {
      if (row.method === baseline && row.status === 'ok') return cell('baseline', 1);
      const value = read(row) ?? null;
      return value === null ? EMPTY : cell(ratioInterval(value), value.median);
    },
  };
}

/** A percentile that the samples cannot place is said to be withheld, with their number. */
export function percentile(name: 'p90' | 'p95' | 'p99'): Column {
  return {
    title: `${name} (ms)`,
    cellOf: ({ latencyMs }) => {
      if (latencyMs === null) return EMPTY;
      const value = latencyMs[name];
      return value === null ? cell(`withheld (n=${latencyMs.n})`, null) : cell(plain(value), value);
    },
  };
}
