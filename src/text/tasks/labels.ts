// From a label as a file writes it to the index or the value that predictions are compared with.
import { BenchError } from '../../core/errors.ts';
import { at } from '../tsv.ts';
import type { ExampleRow } from './tableFile.ts';

/** A file of more labels than this has another column in their place. */
const MOST_LABELS = 1000;

/** Label names in the order of their indices, from what the rows hold: integers from 0 on, or words in order. */
export function labelNamesIn(path: string, rows: readonly ExampleRow[]): string[] {
  const found = [...new Set(rows.map(({ label }) => label))];
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
  if (!found.every((label) => /^\d+$/.test(label))) return found.sort();
  const most = Math.max(...found.map(Number));
  if (most >= MOST_LABELS)
    throw new BenchError(`${path}: a label is ${most}`, 'for numbers to be predicted add --regression');
  return Array.from({ length: most + 1 }, (_, index) => String(index));
}

/** @returns the index of a row's label: by its name in any case, or as an integer. @throws BenchError by line. */
export function indexOfLabel(path: string, { line, label }: ExampleRow, names: readonly string[]): number {
  const named = names.findIndex((name) => name.toLowerCase() === label.toLowerCase());
  if (named >= 0) return named;
  const index = /^\d+$/.test(label) ? Number(label) : -1;
  if (index >= 0 && index < names.length) return index;
  const range = names.length === 2 ? '0 or 1' : `0 to ${names.length - 1}`;
  throw at(path, line, `label "${label}" is not ${range} (${listed(names)})`);
}

/** The value that a regression is to predict. */
export function valueOfLabel(path: string, { line, label }: ExampleRow): number {
  const value = Number(label);
  if (label !== '' && Number.isFinite(value)) return value;
  throw at(path, line, `label "${label}" is not a number`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12);
  return shown.length < names.length ? `${shown.join(', ')}, ...` : shown.join(', ');
}
