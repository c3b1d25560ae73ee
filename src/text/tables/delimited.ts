// A table of the user's own in delimited text: which character parts its columns and whether quotes are marks or text
// is decided by what the file shows, and said, since names like .tsv promise nothing.
import { extname } from 'node:path';
import { placesIn } from './columns.ts';
import { at } from './lines.ts';
import {
  DELIMITERS,
  readRecords,
  type Delimiter,
  type Dialect,
  type RawRecord,
  type Reading,
} from './records.ts';
import { QuotingEvidence } from './writers.ts';

export interface DelimitedTable {
  /** e.g. `tab-separated, quoted (RFC 4180)`. */
  readonly form: string;
  readonly columns: readonly string[];
  /** The cells of the asked columns, in the order asked. */
  readonly records: readonly RawRecord[];
  readonly emptyLines: number;
  /** What a person should know of how it was read; null if nothing. */
  readonly doubt: string | null;
}

/** @throws BenchError by line; for a column that is not there it lists those that are. */
export function readDelimited(path: string, text: string, asked: readonly string[]): DelimitedTable {
  const delimiter = delimiterOf(path, text, asked);
  const { reading, quoting, doubt = null } = delimiter === '\t' ? tabbed(text) : separated(text, delimiter);
  const { header, records, emptyLines, trouble } = reading;
  if (header === null && trouble === null) throw at(path, 1, 'the file is empty');
  const columns = (header?.cells ?? []).map((name) => name.trim());
  // A column that is not there explains most troubles after it.
  const places = placesIn(path, header?.line ?? 1, asked, columns);
  if (trouble !== null) throw at(path, trouble.line, trouble.problem, 'mend that line');
  if (records.length === 0) throw at(path, header?.line ?? 1, 'no rows after the header');
  return {
    form: `${NAMES[delimiter]}-separated, ${text.includes('"') ? QUOTING[quoting] : 'without quotes'}`,
    columns,
    records: records.map(({ line, cells }) => ({ line, cells: places.map((place) => cells[place] ?? '') })),
    emptyLines,
    doubt,
  };
}

const NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  '\t': 'tab',
  ';': 'semicolon',
  '|': 'bar',
};
const QUOTING: Readonly<Record<Dialect['quoting'], string>> = {
  none: 'quotes are text',
  doubled: 'quoted (RFC 4180)',
  escaped: 'quoted, with backslashes before quotes within',
};

/** By the name of the file, unless another one finds the columns that are asked for, or only another one finds any. */
function delimiterOf(path: string, text: string, asked: readonly string[]): Delimiter {
  const usual: Delimiter = extname(path).toLowerCase() === '.csv' ? ',' : '\t';
  const tried = [usual, ...DELIMITERS.filter((one) => one !== usual)].map((delimiter) => ({
    delimiter,
    names: headerOf(text, delimiter),
  }));
  const fits = tried.find(({ names }) => asked.every((column) => names.includes(column)));
  if (fits !== undefined) return fits.delimiter;
  const most = Math.max(...tried.map(({ names }) => names.length));
  const [own] = tried;
  if (own !== undefined && own.names.length > 1) return usual;
  return tried.find(({ names }) => names.length === most)?.delimiter ?? usual;
}

/** A header is short; what follows need not be read to see it. */
const HEADER_CHARACTERS = 65_536;

function headerOf(text: string, delimiter: Delimiter): readonly string[] {
  const { header } = readRecords(text.slice(0, HEADER_CHARACTERS), { delimiter, quoting: 'doubled' });
  return (header?.cells ?? []).map((name) => name.trim());
}

interface Understood {
  readonly reading: Reading;
  readonly quoting: Dialect['quoting'];
  readonly doubt?: string;
}

/** Commas are in most texts, so without quotes as marks there would be no table. */
function separated(text: string, delimiter: Delimiter): Understood {
  if (escapes(text, delimiter))
    return { reading: readRecords(text, { delimiter, quoting: 'escaped' }), quoting: 'escaped' };
  return { reading: readRecords(text, { delimiter, quoting: 'doubled' }), quoting: 'doubled' };
}

function tabbed(text: string): Understood {
  const delimiter = '\t';
  const plain = readRecords(text, { delimiter, quoting: 'none' });
  if (!text.includes('"')) return { reading: plain, quoting: 'none' };
  if (escapes(text, delimiter))
    return { reading: readRecords(text, { delimiter, quoting: 'escaped' }), quoting: 'escaped' };
  const evidence = new QuotingEvidence();
  const doubled = readRecords(text, { delimiter, quoting: 'doubled' }, evidence.see);
  // Where every line is a row by itself, quotes that swallow some of them are characters that met by chance.
  const likely = evidence.marks && plain.records.length === doubled.records.length;
  if (doubled.trouble === null && (likely || plain.trouble !== null))
    return { reading: doubled, quoting: 'doubled' };
  if (plain.trouble === null) return { reading: plain, quoting: 'none', ...doubtOf(plain) };
  // Both readings fail: the one that got farther is the likelier one.
  const farther = (doubled.trouble?.line ?? 0) > plain.trouble.line;
  return farther ? { reading: doubled, quoting: 'doubled' } : { reading: plain, quoting: 'none' };
}

/** Whether quotes are marks, and all others have a backslash before them: without these no cell has one. */
function escapes(text: string, delimiter: Delimiter): boolean {
  if (!text.includes('\\"')) return false;
  const evidence = new QuotingEvidence();
  const { trouble } = readRecords(
    text.replaceAll('\\"', ''),
    { delimiter, quoting: 'doubled' },
    evidence.see,
  );
  return trouble === null && evidence.anyQuoted && !evidence.anyInside;
}

/** Cells that look as if a writer had quoted them, where the rest of the file says that none did. */
function doubtOf({ records }: Reading): { doubt?: string } {
  const quoted = records.filter(({ cells }) => cells.some((cell) => /^".*"$/.test(cell.trim())));
  const [first] = quoted;
  if (first === undefined) return {};
  const count = quoted.length === 1 ? 'one row has a cell' : `${quoted.length} rows have a cell`;
  return { doubt: `${count} in quotes (the first in line ${first.line}), which were taken for text` };
}
