// Objects of a JSON file: one a line, or those of an array, each with the line where it begins.
import { messageOf } from '../../core/errors.ts';
import { at, growingLines } from './lines.ts';
import { MOST_CHARACTERS, MOST_ROWS } from './records.ts';

export interface JsonRecord {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface JsonTable {
  readonly form: string;
  readonly records: readonly JsonRecord[];
  readonly emptyLines: number;
}

/** Whether a text is JSON, by its first characters. @param named whether its name says so. */
export function looksLikeJson(text: string, named: boolean): boolean {
  return named || /^\s*(\{\s*["}]|\[\s*[{\]])/.test(text);
}

/** @throws BenchError by line. */
export function readJson(path: string, text: string): JsonTable {
  const array = /^\s*\[\s*(\{|\]|$)/.test(text);
  const pieces = array ? elementsOf(path, text) : linesOf(text);
  const full = pieces.filter(({ text: piece }) => piece.trim() !== '');
  if (full.length === 0) throw at(path, 1, 'the file is empty');
  if (full.length > MOST_ROWS) throw at(path, 1, `more than ${MOST_ROWS} rows`, 'take a part of the file');
  return {
    form: array ? 'a JSON array' : 'a JSON object a line',
    records: full.map((piece) => ({ line: piece.line, fields: objectOf(path, piece) })),
    emptyLines: array ? 0 : pieces.length - full.length,
  };
}

interface Piece {
  readonly line: number;
  readonly text: string;
}

function linesOf(text: string): Piece[] {
  const lines = text.split(text.includes('\n') ? '\n' : '\r');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ line: index + 1, text: line }));
}

/** What to do with a table that is written some other way. */
export const WHOLE =
  "write one object a line (pandas: to_json(FILE, orient='records', lines=True)) or an array of objects";

function objectOf(path: string, { line, text }: Piece): Readonly<Record<string, unknown>> {
  if (text.length > MOST_CHARACTERS)
    throw at(path, line, `a row of ${text.length} characters, and up to ${MOST_CHARACTERS} are read`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const hint = /^\s*\{\s*$/.test(text) ? WHOLE : undefined;
    throw at(path, line, `not valid JSON: ${messageOf(thrown).slice(0, 200)}`, hint);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw at(path, line, 'not a JSON object', WHOLE);
  return value as Readonly<Record<string, unknown>>; // neither null nor an array
}

/** The elements of an array, parted without parsing, so that each has a line and a bad one is found. */
function elementsOf(path: string, text: string): Piece[] {
  const pieces: Piece[] = [];
  const lineAt = growingLines(text);
  let start = text.indexOf('[') + 1;
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = stringEnd(text, index);
    else if (code === BRACE || code === BRACKET) depth++;
    else if (depth > 0 && (code === BRACE_END || code === BRACKET_END)) depth--;
    else if (depth === 0 && (code === COMMA || code === BRACKET_END)) {
      const piece = text.slice(start, index);
      const full = piece.search(/\S/);
      if (full >= 0) pieces.push({ line: lineAt(start + full), text: piece });
      else if (code === COMMA || pieces.length > 0)
        throw at(path, lineAt(index), 'an element of the array is missing');
      start = index + 1;
      if (code === COMMA) continue;
      const behind = text.slice(start).search(/\S/);
      if (behind >= 0) throw at(path, lineAt(start + behind), 'something stands behind the end of the array');
      return pieces;
    }
  }
  throw at(path, lineAt(start), 'the array is not closed');
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92];
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [91, 93, 123, 125];

/** Index of the quote that ends the string which begins at `from`; of the last character if none does. */
function stringEnd(text: string, from: number): number {
  for (let index = from + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index++;
  }
  return text.length - 1;
}
