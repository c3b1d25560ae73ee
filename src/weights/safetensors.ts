// A safetensors file, and its tensors as float32. Only the header is kept; values are read when they are asked for, so
// a file may be larger than memory. Narrower dtypes are widened. A tensor with a NaN or an infinity is
// refused here, because in a graph it would only show as an accuracy of one half.
// Typed arrays have the machine's byte order: little-endian, as on every platform that ONNX Runtime ships for.
import { BenchError } from '../core/errors.ts';
import { fileRanges, type FileRanges } from './fileRanges.ts';
import { brainToFloat, halfToFloat } from './half.ts';
import { damaged, readHeader } from './safetensorsHeader.ts';
import type { Dtype, Header, TensorEntry } from './safetensorsHeader.ts';
import type { WeightSource } from './tensor.ts';

export interface TensorFile extends WeightSource {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** A tensor stored as I32 or I64 (values must fit 32 bits). */
  int32(name: string): { readonly shape: readonly number[]; readonly data: Int32Array };
}

/** A tensor file with its tensors as they are stored, too. */
export interface StoredTensorFile extends TensorFile {
  dtype(name: string): Dtype;
  /** Little-endian, row-major. Values are not looked at. */
  bytes(name: string): Uint8Array;
}

const SCALE_SUFFIX = '.row_scale';

export function readSafetensors(path: string): StoredTensorFile {
  const ranges = fileRanges(path);
  const header = readHeader(ranges);
  const file: OpenFile = { path, ranges, header };
  const names = [...header.entries.keys()].filter((name) => !isRowScale(header, name)).sort();
  const known = new Set(names);
  return {
    path,
    metadata: header.metadata,
    names: () => [...names],
    has: (name) => known.has(name),
    shape: (name) => entryOf(file, name).shape,
    tensor: (name) => ({ shape: entryOf(file, name).shape, data: readFloats(file, name) }),
    int32: (name) => ({ shape: entryOf(file, name).shape, data: readIntegers(file, name) }),
    dtype: (name) => entryOf(file, name).dtype,
    bytes: (name) => view(Uint8Array, file, entryOf(file, name)),
  };
}

interface OpenFile {
  readonly path: string;
  readonly ranges: FileRanges;
  readonly header: Header;
}

/** The scales of an int8 tensor are part of its encoding, not a tensor of the model. */
function isRowScale(header: Header, name: string): boolean {
  if (!name.endsWith(SCALE_SUFFIX)) return false;
  return header.entries.get(name.slice(0, -SCALE_SUFFIX.length))?.dtype === 'I8';
}

function entryOf(file: OpenFile, name: string): TensorEntry {
  const entry = file.header.entries.get(name);
  if (entry === undefined) {
    throw new BenchError(`${file.path}: no tensor ${name}`, 'the file is not of this model or method');
  }
  return entry;
}

function readFloats(file: OpenFile, name: string): Float32Array {
  const entry = entryOf(file, name);
  const floats = decodeFloats(file, name, entry);
  // x * 0 is 0 for every finite x and NaN otherwise: one branchless pass.
  let poison = 0;
  for (let index = 0; index < floats.length; index++) poison += (floats[index] ?? 0) * 0;
  if (Number.isNaN(poison)) {
    const at = floats.findIndex((value) => !Number.isFinite(value));
    throw damaged(file.path, `tensor ${name}: value ${String(floats[at])} at element ${at}`);
  }
  return floats;
}

function decodeFloats(file: OpenFile, name: string, entry: TensorEntry): Float32Array {
  switch (entry.dtype) {
    case 'F32':
      return view(Float32Array, file, entry);
    case 'F16':
      return halfToFloat(view(Uint16Array, file, entry));
    case 'BF16':
      return brainToFloat(view(Uint16Array, file, entry));
    case 'F64':
      return Float32Array.from(view(Float64Array, file, entry));
    case 'I8':
      return scaleRows(file, name, entry);
    case 'BOOL':
    case 'U8':
    case 'I16':
    case 'U16':
    case 'I32':
    case 'U32':
    case 'I64':
    case 'U64':
      throw new BenchError(`${file.path}: tensor ${name} holds integers (${entry.dtype})`, 'store it as F32');
  }
}

function scaleRows(file: OpenFile, name: string, entry: TensorEntry): Float32Array {
  const [rows, columns] = entry.shape;
  if (rows === undefined || columns === undefined || entry.shape.length !== 2) {
    throw damaged(file.path, `tensor ${name}: I8 needs two dimensions, not [${entry.shape.join(', ')}]`);
  }
  const scaleEntry = file.header.entries.get(name + SCALE_SUFFIX);
  if (scaleEntry?.dtype !== 'F32' || scaleEntry.shape.length !== 1 || scaleEntry.shape[0] !== rows) {
    throw damaged(file.path, `tensor ${name}: I8 needs ${name}${SCALE_SUFFIX} as F32 [${rows}]`);
  }
  const scales = view(Float32Array, file, scaleEntry);
  const steps = view(Int8Array, file, entry);
  const floats = new Float32Array(steps.length);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row] ?? 0;
    const end = (row + 1) * columns;
    for (let index = row * columns; index < end; index++) floats[index] = (steps[index] ?? 0) * scale;
  }
  // 0 * NaN is caught by the caller's pass, but a row of zeros times Infinity would be NaN too: both are refused.
  return floats;
}

function readIntegers(file: OpenFile, name: string): Int32Array {
  const entry = entryOf(file, name);
  if (entry.dtype === 'I32') return view(Int32Array, file, entry);
  if (entry.dtype !== 'I64') {
    throw new BenchError(`${file.path}: tensor ${name} is ${entry.dtype}, not integers`, 'store it as I32');
  }
  const wide = view(BigInt64Array, file, entry);
  return Int32Array.from(wide, (value) => {
    if (BigInt.asIntN(32, value) === value) return Number(value);
    throw damaged(file.path, `tensor ${name}: ${value.toString()} does not fit 32 bits`);
  });
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
}

/** The entry's bytes as a typed array: a copy, so aligned wherever it lies in the file. */
function view<T>(type: ArrayType<T>, { ranges }: OpenFile, { begin, end }: TensorEntry): T {
  return new type(ranges.read(begin, end).buffer, 0, (end - begin) / type.BYTES_PER_ELEMENT);
}
