// Rows of a data file as text, pair and label, whatever its form: tab-separated with a header or without, or a JSON
// object a line. What a label means is labels.ts.
import { z } from 'zod';
import { BenchError, messageOf } from '../../core/errors.ts';
import { at, linesOf, readTable } from '../tsv.ts';
import type { Columns } from './table.ts';

export interface ExampleRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly text: string;
  readonly pair: string | undefined;
  readonly label: string;
}

export interface RowOptions {
  readonly columns: Columns;
  /** See TaskEntry. */
  readonly lenient?: boolean;
}

/** @throws BenchError naming the line that is not as it should be. */
export function readRows(path: string, options: RowOptions): ExampleRow[] {
  const rows = /\.(jsonl|ndjson)$/i.test(path) ? jsonRows(path, options.columns) : tableRows(path, options);
  for (const { line, text, pair } of options.lenient === true ? [] : rows) {
    if (text === '') throw at(path, line, 'an empty sentence');
    if (pair === '') throw at(path, line, 'an empty second sentence');
  }
  return rows;
}

function tableRows(path: string, { columns, lenient = false }: RowOptions): ExampleRow[] {
  if (/\.csv$/i.test(path)) {
    throw new BenchError(`${path}: comma-separated files are not read`, 'save it as .tsv or .jsonl');
  }
  const { text, pair, label } = columns;
  const asked = pair === undefined ? [text, label] : [text, label, pair];
  return readTable(path, asked, lenient).map(({ line, cells: [first = '', answer = '', second] }) => ({
    line,
    text: first.trim(),
    pair: second?.trim(),
    label: answer.trim(),
  }));
}

const recordSchema = z.record(z.string(), z.unknown());
const textSchema = z.string();
const labelSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);

function jsonRows(path: string, columns: Columns): ExampleRow[] {
  const lines = linesOf(path);
  if (lines.length === 0) throw at(path, 1, 'no rows');
  return lines.map((content, index) => {
    const line = index + 1;
    const record = parseRecord(path, line, content);
    const field = <T>(column: string | number, schema: z.ZodType<T>, kind: string): T => {
      if (!Object.hasOwn(record, String(column))) {
        throw at(
          path,
          line,
          `no "${column}" (--text-column, --pair-column and --label-column name columns); it has ${Object.keys(record).slice(0, 20).join(', ')}`,
        );
      }
      const parsed = schema.safeParse(record[column]);
      if (!parsed.success) throw at(path, line, `"${column}" is not ${kind}`);
      return parsed.data;
    };
    const { text, pair, label } = columns;
    return {
      line,
      text: field(text, textSchema, 'a text').trim(),
      pair: pair === undefined ? undefined : field(pair, textSchema, 'a text').trim(),
      label: field(label, labelSchema, 'a word or a number').trim(),
    };
  });
}

function parseRecord(path: string, line: number, content: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (thrown) {
    throw at(path, line, `not valid JSON: ${messageOf(thrown)}`);
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success || Array.isArray(value)) throw at(path, line, 'not a JSON object');
  return parsed.data;
}
