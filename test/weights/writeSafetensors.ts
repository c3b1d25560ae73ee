// The smallest writer of safetensors, so that the tests can make good files and damaged ones.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

type Values = ArrayLike<number>;

export const bytesOf = (array: NodeJS.ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
export const f32 = (shape: readonly number[], values: Values): Stored => ({
  dtype: 'F32',
  shape,
  bytes: bytesOf(Float32Array.from(values)),
});
export const half = (dtype: 'F16' | 'BF16', shape: readonly number[], bits: Values): Stored => ({
  dtype,
  shape,
  bytes: bytesOf(Uint16Array.from(bits)),
});
export const i8 = (shape: readonly number[], values: Values): Stored => ({
  dtype: 'I8',
  shape,
  bytes: bytesOf(Int8Array.from(values)),
});
export const i32 = (shape: readonly number[], values: Values): Stored => ({
  dtype: 'I32',
  shape,
  bytes: bytesOf(Int32Array.from(values)),
});

export type RawHeader = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

export function safetensorsBytes(
  tensors: Readonly<Record<string, Stored>>,
  options: { metadata?: Record<string, string>; padTo?: number; edit?: (header: RawHeader) => void } = {},
): Buffer {
  const header: RawHeader = {};
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape: [...shape], data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  options.edit?.(header);
  const json = JSON.stringify(options.metadata ? { __metadata__: options.metadata, ...header } : header);
  const padTo = options.padTo ?? 8;
  const text = Buffer.from(json + ' '.repeat((padTo - (Buffer.byteLength(json) % padTo)) % padTo));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

/** Writes bytes to a fresh temporary file. */
export function temporaryFile(bytes: Uint8Array, name = 'w.safetensors'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'weights-')), name);
  writeFileSync(path, bytes);
  return path;
}
