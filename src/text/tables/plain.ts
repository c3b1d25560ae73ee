// Tab-separated text as GLUE has it: quotes are plain characters, and lines end at \n only: reviews hold U+0085 and
// U+2028, which general readers take for line ends. A file of the user's own is read by delimited.ts.
import { placesIn } from './columns.ts';
import { bytesOf, decode } from './fileText.ts';
import { at } from './lines.ts';

export interface TsvRow {
  /** Line in the file, the header being 1. */
  readonly line: number;
  /** The cells of the asked columns, in the order asked. */
  readonly cells: readonly string[];
}

/** The named columns of every row; any other columns are passed over. */
export function readTsv(path: string, columns: readonly string[]): TsvRow[] {
  return readTable(path, columns, false);
}

/**
 * The columns of every row by name, or by index in a file without a header; empty lines are passed over.
 * @param lenient rows with fewer columns than asked for are left out instead of refused.
 */
export function readTable(path: string, columns: readonly (string | number)[], lenient: boolean): TsvRow[] {
  const lines = decode(path, bytesOf(path)).text.split('\n').map(withoutReturn);
  if (lines.every((text) => text.trim() === '')) throw at(path, 1, 'the file is empty');
  const headed = columns.some((column) => typeof column === 'string');
  const names = headed ? (lines[0] ?? '').split('\t') : null;
  const places = columns.map((column) =>
    typeof column === 'number' ? column : (placesIn(path, 1, [column], names ?? [])[0] ?? 0),
  );
  const least = Math.max(...places);
  const first = lines.findIndex((text, index) => index >= (headed ? 1 : 0) && text.trim() !== '');
  if (first === -1) throw at(path, 1, headed ? 'no rows after the header' : 'no rows');
  const width = names?.length ?? lines[first]?.split('\t').length ?? 0;
  return lines.slice(first).flatMap((text, index): TsvRow[] => {
    if (text.trim() === '') return [];
    const cells = text.split('\t');
    const line = first + index + 1;
    if (lenient && cells.length <= least) return [];
    if (cells.length !== width || width <= least)
      throw at(path, line, `${cells.length} columns instead of ${Math.max(width, least + 1)}`);
    return [{ line, cells: places.map((place) => cells[place] ?? '') }];
  });
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
