// From a label as a file writes it to the index or the value that predictions are compared with.
import { BenchError } from '../../core/errors.ts';
import { at } from '../tables/lines.ts';
import { numberOf, recognise } from './labelIdentity.ts';
import type { ExampleRow } from './tableFile.ts';

/** A file of more labels than this has another column in their place. */
const MOST_LABELS = 1000;

/** Label names in the order of their indices, from what the rows hold: numbers by size, words by their characters. */
export function labelNamesIn(path: string, rows: readonly ExampleRow[]): string[] {
  const written = [...new Set(rows.map(({ label }) => label))];
  const numbers = written.map(numberOf);
  const values = numbers.every((value) => value !== null)
    ? [...new Set(numbers)].sort((a, b) => a - b)
    : null;
  const found = values === null ? written.sort() : values.map(String);
  if (found.length > MOST_LABELS) {
    throw new BenchError(
      `${path}: ${found.length} different labels`,
      'check --label-column; for numbers to be predicted add --regression',
    );
  }
  if (found.length < 2) {
    throw new BenchError(
      `${path}: all labels are "${found[0] ?? ''}"`,
      'an evaluation needs at least two labels; if the file lacks one, name them all with --labels',
    );
  }
  return found;
}

/** Finds the index of a row's label: the name it is like, or the number of one. @throws BenchError by line. */
export function labelIndexer(path: string, names: readonly string[]): (row: ExampleRow) => number {
  const known = new Map<string, number>();
  const numbered = names.some((name) => numberOf(name) !== null);
  return ({ place, label }) => {
    const seen = known.get(label);
    if (seen !== undefined) return seen;
    const [named = -1] = recognise([label], names).places;
    const number = numbered ? null : numberOf(label);
    const index = named >= 0 ? named : names.findIndex((_, own) => own === number);
    if (index < 0) throw at(path, place, `label "${label}" is not ${rangeOf(names)}`);
    known.set(label, index);
    return index;
  };
}

function rangeOf(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? ', ...' : '');
  if (names.some((name) => numberOf(name) !== null)) return `one of ${shown}`;
  return `${names.length === 2 ? '0 or 1' : `0 to ${names.length - 1}`} (${shown})`;
}

/** The value that a regression is to predict. */
export function valueOfLabel(path: string, { place, label }: ExampleRow): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(label) ? Number(label) : NaN;
  if (Number.isFinite(value)) return value;
  throw at(path, place, `label "${label}" is not a number`);
}
