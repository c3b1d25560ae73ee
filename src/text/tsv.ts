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
  const [header = '', ...lines] = decode(path, readBytes(path)).split('\n').map(withoutReturn);
  if (lines.at(-1) === '') lines.pop();
  const names = header.split('\t');
  const places = columns.map((column) => names.indexOf(column));
  if (places.includes(-1)) {
    throw at(
      path,
      1,
      `the header must name the columns ${columns.join(', ')}; it is "${header.slice(0, 80)}"`,
    );
  }
  if (lines.length === 0) throw at(path, 1, 'no rows after the header');
  return lines.map((text, index) => {
    const cells = text.split('\t');
    const line = index + 2;
    if (text.includes('\0')) throw at(path, line, 'a NUL byte');
    if (cells.length !== names.length)
      throw at(path, line, `${cells.length} columns instead of ${names.length}`);
    return { line, cells: places.map((place) => cells[place] ?? '') };
  });
}

/** An error about one line of a data file. */
export function at(path: string, line: number, problem: string): BenchError {
  return new BenchError(`${path} line ${line}: ${problem}`, 'mend that line or fetch the file anew');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, 'check --data', { cause: thrown });
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
