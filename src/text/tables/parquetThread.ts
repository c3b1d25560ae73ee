// The thread of parquet.ts: reads the asked columns and wakes whoever waits.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { workerData } from 'node:worker_threads';
import { decompress } from 'fzstd';
import { parquetMetadata, parquetReadObjects, parquetSchema, type Compressors } from 'hyparquet';
import { messageOf } from '../../core/errors.ts';
import { MOST_ROWS } from './records.ts';
import type { ParquetReply, ParquetRequest } from './parquetMessage.ts';

/** Snappy is the reader's own; LZ4 and LZO are rare and refused by it. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => decompress(input),
};

async function read({ file, asked }: ParquetRequest): Promise<ParquetReply> {
  const metadata = parquetMetadata(file);
  if (Number(metadata.num_rows) > MOST_ROWS) return { problem: `more than ${MOST_ROWS} rows` };
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const huggingFace = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  const classNames = classNamesIn(huggingFace);
  if (asked.some((column) => !columns.includes(column))) return { columns, rows: [], classNames };
  const objects = await parquetReadObjects({ file, metadata, columns: asked, compressors: COMPRESSORS });
  return { columns, rows: objects.map((row) => asked.map((column) => plain(row[column]))), classNames };
}

/** What a message can carry. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return value;
  return { kind: typeof value };
}

/** `{"info": {"features": {"label": {"names": [...], "_type": "ClassLabel"}}}}` */
function classNamesIn(json: string | undefined): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  if (json === undefined) return found;
  let features: unknown;
  try {
    const stored = JSON.parse(json) as { info?: { features?: unknown } } | null;
    features = stored?.info?.features;
  } catch {
    return found; // it is another program's note; the rows are there all the same
  }
  for (const [column, feature] of Object.entries((features ?? {}) as Record<string, unknown>)) {
    const { names } = (feature ?? {}) as { names?: unknown };
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) found[column] = names;
  }
  return found;
}

const request = workerData as ParquetRequest; // parquet.ts makes it
const reply = await read(request).catch((thrown: unknown): ParquetReply => ({
  problem: `not a Parquet file that can be read: ${messageOf(thrown).slice(0, 200)}`,
}));
request.port.postMessage(reply);
Atomics.store(request.done, 0, 1);
Atomics.notify(request.done, 0);
