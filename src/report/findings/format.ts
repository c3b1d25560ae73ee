// How numbers are written in every report: one place, so that the terminal, the Markdown and the page agree.
// Absent values are words ("not measured"), never a dash that could be read as zero.
import type { Interval } from '../../core/schema/group.ts';

export const NOT_MEASURED = 'not measured';

/** Three significant digits for what is between 0.01 and 1000, without an exponent. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100_000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1 || size === 0) return value.toFixed(2);
  return value.toPrecision(2);
}

export function ratio(value: number): string {
  return `${value.toFixed(2)}x`;
}

/** `1.94x [1.90..1.98]` */
export function ratioInterval(value: Interval | null | undefined): string {
  if (value === null || value === undefined) return NOT_MEASURED;
  return `${ratio(value.median)} [${value.low.toFixed(2)}..${value.high.toFixed(2)}]`;
}

/** A share as a percentage; `digits` after the point. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A difference of two shares in percentage points, always with its sign. */
export function points(difference: number, digits = 1): string {
  const text = (difference * 100).toFixed(digits);
  const zero = Number(text) === 0;
  if (zero) return (0).toFixed(digits);
  return difference > 0 ? `+${text}` : text.replace('-', '−');
}

/** The usual 5 % level, for paired tests of a metric. */
export function isSignificant(pValue: number): boolean {
  return pValue < 0.05;
}

export function probability(pValue: number): string {
  return pValue < 0.001 ? 'p<0.001' : `p=${pValue.toFixed(3)}`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** `one, two and three` */
export function list(items: readonly string[]): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** `1 cell`, `3 cells` */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
