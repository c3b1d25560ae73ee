// The header of a safetensors file: 8 bytes of length, a JSON object of name -> {dtype, shape, data_offsets}, then the
// bytes. Every number in it is checked against the file before anyone trusts it: the ranges must tile the bytes
// exactly (the format allows no holes), and each must be as long as its dtype and shape say.
// Format: https://github.com/huggingface/safetensors#format
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';
import { foreignFile, TELLING_BYTES } from '../core/foreignFile.ts';
import { DEEPEST_JSON, jsonFacts } from '../core/jsonText.ts';
import type { FileRanges } from './fileRanges.ts';
import { elementCount } from './tensor.ts';

/** Bytes an element takes, for the dtypes that are known. Those of the second line can be in a file, but not be read. */
export const DTYPE_BYTES = {
  ...{ F32: 4, F16: 2, BF16: 2, F64: 8, I8: 1, I32: 4, I64: 8 },
  ...{ BOOL: 1, U8: 1, I16: 2, U16: 2, U32: 4, U64: 8 },
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Byte range in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

const LENGTH_BYTES = 8;
const BRACE = 0x7b;
/** The reference reader's own limit, against headers made to fill memory. */
const LARGEST_HEADER = 100_000_000n;
const REMEDY = 'the file is damaged or incomplete: fetch it anew';

const size = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.record(z.string(), z.string());

export function damaged(path: string, problem: string): BenchError {
  return new BenchError(`${path}: ${problem}`, REMEDY);
}

export function readHeader(file: FileRanges): Header {
  const { path } = file;
  refuseForeign(file);
  const dataStart = headerEnd(file);
  const raw = parseObject(path, utf8(path, file.read(LENGTH_BYTES, dataStart)));
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(raw)) {
    if (name !== '__metadata__') entries.set(name, parseEntry(path, name, value, dataStart));
  }
  checkTiling(path, entries, dataStart, file.bytes);
  return { metadata: parseMetadata(path, raw['__metadata__']), entries };
}

/** A header begins with the brace of its object; the length before it could be any bytes. */
function refuseForeign(file: FileRanges): void {
  const start = file.read(0, Math.min(TELLING_BYTES, file.bytes));
  const foreign = start[LENGTH_BYTES] === BRACE ? null : foreignFile(file.path, start);
  if (foreign !== null) throw foreign;
}

function utf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(path, 'the header is not valid UTF-8');
  }
}

function headerEnd(file: FileRanges): number {
  const { path, bytes } = file;
  if (bytes < LENGTH_BYTES) throw damaged(path, `${bytes} bytes is too short for a safetensors file`);
  const length = Buffer.from(file.read(0, LENGTH_BYTES).buffer).readBigUInt64LE(0);
  if (length > BigInt(bytes - LENGTH_BYTES)) {
    throw damaged(path, `header of ${length.toString()} bytes is longer than the file of ${bytes} bytes`);
  }
  if (length > LARGEST_HEADER) {
    throw damaged(
      path,
      `header of ${length.toString()} bytes; at most ${LARGEST_HEADER.toString()} are read`,
    );
  }
  return LENGTH_BYTES + Number(length);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  const { depth, repeatedKey } = jsonFacts(text);
  if (depth > DEEPEST_JSON) throw damaged(path, `the header nests deeper than ${DEEPEST_JSON} levels`);
  if (repeatedKey !== null) throw damaged(path, `the header names "${repeatedKey}" twice`);
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? 'not an object' : messageOf(thrown);
    throw damaged(path, `the header is not a JSON object (${why})`);
  }
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  const parsed = metadataSchema.safeParse(value ?? {});
  if (!parsed.success) throw damaged(path, '__metadata__ is not a map from text to text');
  return parsed.data;
}

function parseEntry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success)
    throw damaged(path, `tensor ${name}: dtype, shape or data_offsets is missing or malformed`);
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (!isDtype(dtype)) {
    throw new BenchError(
      `${path}: tensor ${name}: unknown dtype ${dtype}`,
      `store it as one of ${Object.keys(DTYPE_BYTES).join(', ')}`,
    );
  }
  const needed = elementCount(shape) * DTYPE_BYTES[dtype];
  const [begin, end] = offsets;
  if (end - begin !== needed) {
    throw damaged(
      path,
      `tensor ${name}: ${dtype} [${shape.join(', ')}] needs ${needed} bytes, not ${end - begin}`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(DTYPE_BYTES, dtype);
}

function checkTiling(
  path: string,
  entries: ReadonlyMap<string, TensorEntry>,
  start: number,
  fileBytes: number,
): void {
  const inOrder = [...entries].sort(
    ([, left], [, right]) => left.begin - right.begin || left.end - right.end,
  );
  let reached = start;
  for (const [name, { begin, end }] of inOrder) {
    if (begin < reached) throw damaged(path, `tensor ${name}: its bytes overlap another tensor's`);
    if (begin > reached) throw damaged(path, `tensor ${name}: ${begin - reached} unused bytes before it`);
    if (end > fileBytes)
      throw damaged(path, `tensor ${name}: ends at byte ${end} of a file of ${fileBytes} bytes`);
    reached = end;
  }
  if (reached < fileBytes) throw damaged(path, `${fileBytes - reached} unused bytes at the end`);
}
