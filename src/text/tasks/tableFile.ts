// Rows of a data file as text, pair and label, whatever its form: GLUE's own, delimited text, JSON or Parquet. What a
// label means is labels.ts.
import { BenchError } from '../../core/errors.ts';
import { noColumn } from '../tables/columns.ts';
import { readDelimited } from '../tables/delimited.ts';
import { bytesOf, decode } from '../tables/fileText.ts';
import { looksLikeJson, readJson, WHOLE } from '../tables/json.ts';
import { at } from '../tables/lines.ts';
import { isParquet, readParquet } from '../tables/parquet.ts';
import { readTable } from '../tables/plain.ts';
import { labelOf, textOf } from '../tables/typedValues.ts';
import type { Columns } from './table.ts';

export interface ExampleRow {
  /** Line in the file, from 1; or what stands for one, e.g. `row 3`. */
  readonly place: number | string;
  readonly text: string;
  readonly pair: string | undefined;
  /** Empty where there is none. */
  readonly label: string;
}

/** How a file was read, for people. */
export interface FileForm {
  /** e.g. `comma-separated, quoted (RFC 4180), UTF-8`. */
  readonly form: string;
  readonly columns: readonly string[];
  /** Lines passed over. */
  readonly emptyLines: number;
  /** What of it was a decision that may be wrong; null if nothing. */
  readonly doubt: string | null;
}

export interface ReadFile extends FileForm {
  readonly rows: readonly ExampleRow[];
  /** In their order, where the file itself tells it; null elsewhere. */
  readonly labelNames: readonly string[] | null;
}

/** Columns of a file of the user's own. */
export type NamedColumns = Record<'text' | 'label', string> & { readonly pair?: string };

/** Rows of a task that is known by name. @throws BenchError naming the line that is not as it should be. */
export function readGlue(path: string, { text, pair, label }: Columns, lenient: boolean): ExampleRow[] {
  const asked = pair === undefined ? [text, label] : [text, label, pair];
  const rows = readTable(path, asked, lenient).map(({ line, cells }) => exampleOf(line, cells));
  return lenient ? rows : rows.map((row) => checkTexts(path, row));
}

/** Rows of a file of the user's own. @throws BenchError as readGlue. */
export function readOwn(path: string, columns: NamedColumns): ReadFile {
  const bytes = bytesOf(path);
  const read = isParquet(bytes) ? parquetRows(path, bytes, columns) : textRows(path, bytes, columns);
  for (const row of read.rows) checkTexts(path, row);
  return read;
}

function textRows(path: string, bytes: Buffer, columns: NamedColumns): ReadFile {
  const { text, encoding } = decode(path, bytes);
  const json = looksLikeJson(text, /\.(json|jsonl|ndjson)$/i.test(path));
  const read = json ? jsonRows(path, text, columns) : delimitedRows(path, text, columns);
  return { ...read, form: `${read.form}, ${encoding}` };
}

function delimitedRows(path: string, content: string, { text, pair, label }: NamedColumns): ReadFile {
  const asked = pair === undefined ? [text, label] : [text, label, pair];
  const { records, ...form } = readDelimited(path, content, asked);
  return { ...form, rows: records.map(({ line, cells }) => exampleOf(line, cells)), labelNames: null };
}

function exampleOf(place: number, [text = '', label = '', pair]: readonly string[]): ExampleRow {
  return { place, text: text.trim(), pair: pair?.trim(), label: label.trim() };
}

function jsonRows(path: string, content: string, columns: NamedColumns): ReadFile {
  const { records, form, emptyLines } = readJson(path, content);
  const rows = records.map(({ line, fields }) => typedRow(path, line, fields, columns));
  return {
    form,
    columns: Object.keys(records[0]?.fields ?? {}),
    emptyLines,
    doubt: null,
    rows,
    labelNames: null,
  };
}

function parquetRows(path: string, bytes: Buffer, columns: NamedColumns): ReadFile {
  const asked = [...new Set(Object.values(columns))];
  const table = readParquet(path, bytes, asked);
  const absent = asked.find((column) => !table.columns.includes(column));
  if (absent !== undefined) throw noColumn(path, 'schema', absent, table.columns);
  if (table.rows.length === 0) throw new BenchError(`${path}: no rows`, 'write it anew');
  const labelNames = table.classNames[columns.label] ?? null;
  const rows = table.rows.map((values, index) => {
    const fields = Object.fromEntries(asked.map((column, place) => [column, values[place]]));
    const row = typedRow(path, `row ${index + 1}`, fields, columns);
    return /^\d+$/.test(row.label) ? { ...row, label: labelNames?.[Number(row.label)] ?? row.label } : row;
  });
  return { form: 'Parquet', columns: table.columns, emptyLines: 0, doubt: null, rows, labelNames };
}

function typedRow(
  path: string,
  place: number | string,
  fields: Readonly<Record<string, unknown>>,
  { text, pair, label }: NamedColumns,
): ExampleRow {
  const field = (column: string, parse: (value: unknown) => string | undefined, kind: string): string => {
    if (!Object.hasOwn(fields, column)) throw noColumn(path, place, column, Object.keys(fields));
    const parsed = parse(fields[column]);
    // A whole column in one object is what pandas writes unless it is told otherwise.
    const hint = place === 1 && typeof fields[column] === 'object' ? WHOLE : undefined;
    if (parsed === undefined) throw at(path, place, `"${column}" is not ${kind}`, hint);
    return parsed;
  };
  return {
    place,
    text: field(text, textOf, 'a text'),
    pair: pair === undefined ? undefined : field(pair, textOf, 'a text'),
    label: field(label, labelOf, 'a word or a number'),
  };
}

function checkTexts(path: string, row: ExampleRow): ExampleRow {
  if (row.text === '') throw at(path, row.place, 'an empty sentence');
  if (row.pair === '') throw at(path, row.place, 'an empty second sentence');
  return row;
}
