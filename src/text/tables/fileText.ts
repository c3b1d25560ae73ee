// The bytes of a data file as text: bounded, decoded by what its first bytes say, and called by its name where it is no
// text at all.
import { readFileSync, statSync } from 'node:fs';
import { BenchError, messageOf } from '../../core/errors.ts';
import { at, growingLines } from './lines.ts';

/** What is read at once: several times as much is needed to hold its rows. GLUE's largest file has 75 MB. */
export const MOST_BYTES = 256 * 2 ** 20;

export interface FileText {
  /** Without a byte-order mark. */
  readonly text: string;
  /** e.g. `UTF-8`, `UTF-16LE`. */
  readonly encoding: string;
}

/** @throws BenchError if it cannot be read, is no file or is too large. */
export function bytesOf(path: string): Buffer {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new BenchError(`${path} is not a file`, 'name a file');
    if (stats.size > MOST_BYTES) throw tooLarge(path, stats.size);
    return readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, 'check the path, or --data', {
      cause: thrown,
    });
  }
}

function tooLarge(path: string, bytes: number): BenchError {
  const megabytes = (size: number): string => `${Math.round(size / 2 ** 20)} MB`;
  return new BenchError(
    `${path} has ${megabytes(bytes)}, and files of up to ${megabytes(MOST_BYTES)} are read`,
    'take a part of it: head -n 100000 FILE > part.FILE',
  );
}

/** @throws BenchError by line, or naming what the file is. */
export function decode(path: string, bytes: Buffer): FileText {
  const head = bytes.subarray(0, 64).toString('latin1').trimStart().toLowerCase();
  const kind = FOREIGN.find(({ starts }) => head.startsWith(starts.toLowerCase()));
  if (kind !== undefined) throw new BenchError(`${path} is ${kind.name}`, kind.remedy);
  const encoding = encodingOf(path, bytes);
  const text = encoding.startsWith('UTF-16') ? utf16(path, bytes, encoding) : utf8(path, bytes);
  const nul = text.indexOf('\0');
  if (nul >= 0) throw at(path, growingLines(text)(nul), 'a NUL byte');
  return { text, encoding };
}

/** What people download or save by mistake, by its first bytes. */
const FOREIGN: readonly { readonly starts: string; readonly name: string; readonly remedy: string }[] = [
  {
    starts: 'version https://git-lfs',
    name: 'a Git LFS pointer, not the file itself',
    remedy: 'git lfs pull',
  },
  { starts: '<!DOCTYPE', name: 'a web page', remedy: 'download the raw file' },
  { starts: '<html', name: 'a web page', remedy: 'download the raw file' },
  {
    starts: 'PK\x03\x04',
    name: 'a zip archive (an .xlsx is one, too)',
    remedy: 'unpack it, or save the sheet as .csv',
  },
  { starts: '\xd0\xcf\x11\xe0', name: 'an old Excel file', remedy: 'save the sheet as .csv' },
  { starts: '\x1f\x8b', name: 'compressed by gzip', remedy: 'gunzip -k FILE' },
  { starts: '\x28\xb5\x2f\xfd', name: 'compressed by Zstandard', remedy: 'unzstd FILE' },
  { starts: 'BZh91AY', name: 'compressed by bzip2', remedy: 'bunzip2 -k FILE' },
  { starts: '\xfd7zXZ', name: 'compressed by xz', remedy: 'unxz -k FILE' },
  {
    starts: 'ARROW1',
    name: 'an Arrow file',
    remedy: "save it as Parquet: pandas.read_feather(FILE).to_parquet('FILE.parquet')",
  },
  { starts: 'SQLite format 3', name: 'an SQLite database', remedy: 'export the table as .csv' },
  { starts: 'PAR1', name: 'a Parquet file', remedy: 'give it as --task FILE' },
];

function encodingOf(path: string, bytes: Buffer): string {
  const starts = (...mark: number[]): boolean => bytes.subarray(0, mark.length).equals(Buffer.of(...mark));
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) throw recode(path, 'UTF-32', 'UTF-32');
  if (starts(0xff, 0xfe)) return 'UTF-16LE';
  if (starts(0xfe, 0xff)) return 'UTF-16BE';
  const [even, odd] = zeros(bytes.subarray(0, 1024));
  if (Math.max(even, odd) > 0.3 && Math.min(even, odd) < 0.1) {
    const name = odd > even ? 'UTF-16LE' : 'UTF-16BE';
    throw recode(path, `${name} without a byte-order mark`, name);
  }
  return starts(0xef, 0xbb, 0xbf) ? 'UTF-8 with a byte-order mark' : 'UTF-8';
}

/** Share of NUL bytes at even and at odd places: Latin letters in UTF-16 have one of them empty. */
function zeros(bytes: Buffer): [number, number] {
  const counts: [number, number] = [0, 0];
  for (const [index, byte] of bytes.entries()) if (byte === 0) counts[index % 2 === 0 ? 0 : 1]++;
  const half = Math.max(1, bytes.length / 2);
  return [counts[0] / half, counts[1] / half];
}

function recode(path: string, what: string, from: string): BenchError {
  return new BenchError(`${path} looks like ${what}`, `iconv -f ${from} -t UTF-8 FILE > FILE.utf8`);
}

function utf16(path: string, bytes: Buffer, encoding: string): string {
  const text = new TextDecoder(encoding.toLowerCase()).decode(bytes);
  const lost = bytes.length % 2 === 0 ? text.indexOf('\ufffd') : text.length;
  if (lost >= 0) throw at(path, growingLines(text)(lost), `not valid ${encoding}`);
  return text;
}

function utf8(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const hint = 'if it is Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8';
    throw at(path, firstBadLine(bytes), 'not valid UTF-8', hint);
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
