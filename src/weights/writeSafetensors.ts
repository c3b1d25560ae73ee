// Writes a safetensors file: 8 bytes of header length, the header, the tensors' bytes in the order given. Streamed, so
// that a model of any size needs the memory of one tensor; to a temporary sibling that is renamed when it is whole.
// Names are written in the order given and metadata sorted, so equal contents give equal bytes.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeFolder } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { DTYPE_BYTES, type Dtype } from './safetensorsHeader.ts';
import { elementCount } from './tensor.ts';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major; asked for once, when its turn comes. */
  bytes(): Uint8Array;
}

export interface WrittenFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** @throws BenchError if the file cannot be written. */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    const written = await stream(temporary, tensors, metadata);
    await rename(temporary, path);
    return written;
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if (thrown instanceof BenchError) throw thrown;
    throw new BenchError(`cannot write ${path}: ${messageOf(thrown)}`, 'is there room, and is it writable?', {
      cause: thrown,
    });
  }
}

async function stream(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Promise<WrittenFile> {
  const file = createWriteStream(path);
  const failed = once(file, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined); // awaited through the race below
  const hash = createHash('sha256');
  let bytes = 0;
  const write = async (chunk: Uint8Array): Promise<void> => {
    hash.update(chunk);
    bytes += chunk.length;
    if (!file.write(chunk)) await Promise.race([once(file, 'drain'), failed]);
  };
  await write(headerBytes(tensors, metadata));
  for (const tensor of tensors) {
    const data = tensor.bytes();
    if (data.length !== sizeOf(tensor)) {
      throw new RangeError(`tensor ${tensor.name}: ${data.length} bytes instead of ${sizeOf(tensor)}`);
    }
    await write(data);
  }
  file.end();
  await finished(file);
  return { sha256: hash.digest('hex'), bytes };
}

function sizeOf({ shape, dtype }: TensorToWrite): number {
  return elementCount(shape) * DTYPE_BYTES[dtype];
}

/** Padded with spaces to a multiple of 8, as the reference writer does, so that tensors are aligned. */
function headerBytes(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const entries = tensors.map((tensor) => {
    const begin = offset;
    offset += sizeOf(tensor);
    return [tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, offset] }];
  });
  const sorted = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  const named = Object.keys(sorted).length === 0 ? [] : [['__metadata__', sorted]];
  const text = Buffer.from(JSON.stringify(Object.fromEntries([...named, ...entries])), 'utf8');
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

/** A float32 tensor from its values. */
export function floatTensor(name: string, shape: readonly number[], data: Float32Array): TensorToWrite {
  return {
    name,
    dtype: 'F32',
    shape,
    bytes: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
