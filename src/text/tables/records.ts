// Records of a delimited text under one dialect: Papa Parse finds the cells, this file counts lines, holds every record
// to the width of the header and sees which cells stand in quotes, which shows who wrote the file.
import Papa from 'papaparse';
import { newlinesIn } from './lines.ts';

export interface Dialect {
  readonly delimiter: Delimiter;
  /**
   * `none`: quotes are plain characters. `doubled`: RFC 4180, a quote within quotes is written twice. `escaped`: it has
   * a backslash before it, as R and Spark write.
   */
  readonly quoting: 'none' | 'doubled' | 'escaped';
}
export const DELIMITERS = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface RawRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why the text cannot be read under the dialect. */
export interface Trouble {
  readonly line: number;
  readonly problem: string;
}

export interface Reading {
  readonly header: RawRecord | null;
  readonly records: readonly RawRecord[];
  readonly emptyLines: number;
  readonly trouble: Trouble | null;
}

/** A longer row is no text that a model reads, but a quote that was left open. */
export const MOST_CHARACTERS = 1_000_000;
export const MOST_ROWS = 1_000_000;

/** @param seen is shown every record, the header first, with whether each of its cells stands in quotes. */
export function readRecords(
  text: string,
  dialect: Dialect,
  seen?: (cells: readonly string[], quoted: readonly boolean[]) => void,
): Reading {
  const newline = newlineOf(text);
  const records: RawRecord[] = [];
  let header: RawRecord | null = null;
  let trouble: Trouble | null = null;
  let [emptyLines, line, start] = [0, 1, 0];
  Papa.parse<string[]>(text, {
    delimiter: dialect.delimiter,
    newline,
    quoteChar: '"',
    escapeChar: dialect.quoting === 'escaped' ? '\\' : '"',
    ...(dialect.quoting === 'none' ? { fastMode: true } : {}),
    step: ({ data, errors, meta }, parser) => {
      const [from, own] = [start, line];
      start = meta.cursor;
      line += newlinesIn(text, newline, from, start);
      const read = withoutReturn(data, newline);
      const [error] = errors;
      if (error !== undefined) trouble = quoteTrouble(text, newline, error.code, error.index ?? from);
      else if (read.every((cell) => cell.trim() === '')) emptyLines += start > from ? 1 : 0;
      else {
        seen?.(read, quotedCells(text, from, read, dialect));
        // Papa Parse takes the backslashes away within quotes only.
        const cells = dialect.quoting === 'escaped' ? read.map((cell) => cell.replaceAll('\\"', '"')) : read;
        const record = { line: own, cells };
        trouble = troubleOf(record, start - from, header, records.length);
        if (header === null) header = record;
        else records.push(record);
      }
      if (trouble !== null) parser.abort();
    },
  });
  return { header, records, emptyLines, trouble };
}

/** `\r` alone in files of the old Macintosh; both other kinds end with `\n`. */
function newlineOf(text: string): '\n' | '\r' {
  return !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
}

function withoutReturn(cells: string[], newline: string): string[] {
  const last = cells.at(-1);
  if (newline !== '\n' || last === undefined || !last.endsWith('\r')) return cells;
  return [...cells.slice(0, -1), last.slice(0, -1)];
}

function quoteTrouble(text: string, newline: string, code: string, index: number): Trouble {
  const line = 1 + newlinesIn(text, newline, 0, index);
  if (code === 'MissingQuotes') return { line, problem: 'a quote is opened and not closed' };
  return {
    line,
    problem: 'a cell goes on after its closing quote (a quote within quotes is written twice)',
  };
}

/** @param header null: the record is the header itself. */
function troubleOf(
  { line, cells }: RawRecord,
  characters: number,
  header: RawRecord | null,
  before: number,
): Trouble | null {
  if (characters > MOST_CHARACTERS) {
    const problem = `a row of ${characters} characters, and up to ${MOST_CHARACTERS} are read; is a quote left open?`;
    return { line, problem };
  }
  if (before >= MOST_ROWS) return { line, problem: `more than ${MOST_ROWS} rows; take a part of the file` };
  if (header === null || cells.length === header.cells.length) return null;
  return { line, problem: `${cells.length} columns instead of ${header.cells.length}` };
}

function quotedCells(text: string, from: number, cells: readonly string[], { quoting }: Dialect): boolean[] {
  let place = from;
  return cells.map((cell) => {
    const quoted = quoting !== 'none' && text[place] === '"';
    const inner = quoted ? (cell.match(/"/g)?.length ?? 0) : 0;
    place += cell.length + (quoted ? 2 + inner : 0) + 1;
    return quoted;
  });
}
