// The kinds of column that the full table has: a title with its unit, and how a row's value is shown and sorted. What
// a finished row lacks is said in words, never left to be read as zero.
import type { Interval } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import { NOT_MEASURED, plain, ratioInterval } from './format.ts';

export interface ColumnCell {
  readonly text: string;
  /** What to sort by; null sorts last. */
  readonly key: number | string | null;
}

export interface Column {
  readonly title: string;
  /** Shown where a finished row has no value. */
  readonly cellOf: (row: Row) => ColumnCell;
}

export const EMPTY: ColumnCell = { text: '', key: null };
const MISSING: ColumnCell = { text: NOT_MEASURED, key: null };

export function text(title: string, read: (row: Row) => string): Column {
  return {
    title,
    cellOf: (row) => {
      const value = read(row);
      return value === '' ? EMPTY : { text: value, key: value };
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
      return value === null ? EMPTY : { text: write(value), key: value };
    },
  };
}

/** Shows "not measured" where a row of another status than failed lacks it. */
export function expected(column: Column, isExpected: (row: Row) => boolean): Column {
  return {
    ...column,
    cellOf: (row) => {
      const cell = column.cellOf(row);
      return cell.text === '' && row.status === 'ok' && isExpected(row) ? MISSING : cell;
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
      if (row.method === baseline && row.status === 'ok') return { text: 'baseline', key: 1 };
      const value = read(row) ?? null;
      return value === null ? EMPTY : { text: ratioInterval(value), key: value.median };
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
      return value === null
        ? { text: `withheld (n=${latencyMs.n})`, key: null }
        : { text: plain(value), key: value };
    },
  };
}
