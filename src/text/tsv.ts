// Tab-separated text with a header line. UTF-8 or nothing (a byte-order mark is dropped), quotes are plain
// characters, and lines end at \n only: reviews hold U+0085 and U+2028, which general readers take for line ends.
import { readFileSync } from 'node:fs';
import { BenchError, messageOf } from '../core/errors.ts';

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
 * The columns of every row by name, or by index in a file without a header.
 * @param lenient rows with fewer columns than asked for are left out instead of refused.
 */
export function readTable(path: string, columns: readonly (string | number)[], lenient: boolean): TsvRow[] {
  const lines = linesOf(path);
  const headed = columns.some((column) => typeof column === 'string');
  const names = headed ? (lines[0] ?? '').split('\t') : null;
  const places = columns.map((column) =>
    typeof column === 'number' ? column : (names ?? []).indexOf(column),
  );
  if (places.includes(-1)) {
    throw at(
      path,
      1,
      `the header must name the columns ${columns.join(', ')}; it is "${(lines[0] ?? '').slice(0, 80)}"`,
    );
  }
  const rows = headed ? lines.slice(1) : lines;
  if (rows.length === 0) throw at(path, 1, headed ? 'no rows after the header' : 'no rows');
  const width = names?.length ?? rows[0]?.split('\t').length ?? 0;
  return rows.flatMap((text, index): TsvRow[] => {
    const cells = text.split('\t');
    const line = index + (headed ? 2 : 1);
    if (lenient && cells.length <= Math.max(...places)) return [];
    if (text.includes('\0')) throw at(path, line, 'a NUL byte');
    if (cells.length !== width || width <= Math.max(...places))
      throw at(path, line, `${cells.length} columns instead of ${Math.max(width, Math.max(...places) + 1)}`);
    return [{ line, cells: places.map((place) => cells[place] ?? '') }];
  });
}

/** Lines of a text file, without the empty end after the last one. */
export function linesOf(path: string): string[] {
  const lines = decode(path, readBytes(path)).split('\n').map(withoutReturn);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** An error about one line of a data file. */
export function at(path: string, line: number, problem: string): BenchError {
  return new BenchError(`${path} line ${line}: ${problem}`, 'mend that line or fetch the file anew');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, 'check the path, or --data', {
      cause: thrown,
    });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function decode(path: string, bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw at(path, firstBadLine(bytes), 'not valid UTF-8');
  }
}

function firstBadLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line++) {
    const newline = bytes.indexOf(10, start);
    const piece = bytes.subarray(start, newline === -1 ? bytes.length : newline);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(piece);
    } catch {
      return line;
    }
    if (newline === -1) return line;
    start = newline + 1;
  }
}
