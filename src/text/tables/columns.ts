// Columns by their names, and the error for a name that the table does not have.
import { nearest } from '../../core/suggestion.ts';
import type { BenchError } from '../../core/errors.ts';
import { at } from './lines.ts';

/** Names shown of a table with hundreds of columns. */
const MOST_SHOWN = 20;

/** @returns the place of each column in the header. @throws BenchError listing the columns there are. */
export function placesIn(
  path: string,
  line: number,
  asked: readonly string[],
  header: readonly string[],
): number[] {
  const names = header.map((name) => name.trim());
  return asked.map((column) => {
    const place = names.indexOf(column.trim());
    if (place === -1) throw noColumn(path, line, column, names);
    if (names.includes(column.trim(), place + 1))
      throw at(path, line, `two columns are called "${column}"`, 'give one of them another name');
    return place;
  });
}

export function noColumn(
  path: string,
  line: number | string,
  column: string,
  names: readonly string[],
): BenchError {
  const near = nearest(column, names);
  const meant = near === undefined ? '' : `did you mean "${near}"? `;
  const shown = names.slice(0, MOST_SHOWN).map((name) => (name === '' ? '""' : name));
  const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  const hint = `${meant}it has ${shown.join(', ')}${more}`;
  return at(path, line, `no column "${column.slice(0, 80)}"`, hint);
}
