// Token arrays as tensors of the type that a graph declares, and answers of any float type as float32.
import * as ort from 'onnxruntime-node';
import type { InputRole } from '../core/schema/reading.ts';
import { halfToFloat } from '../weights/half.ts';

type Type = ort.Tensor.Type;
type Make = (values: BigInt64Array, dims: readonly number[]) => ort.Tensor;

/** 1 as binary16. */
const HALF_ONE = 0x3c00;

/** The types that hold whole numbers exactly. */
const NUMBERS: Readonly<Partial<Record<Type, Make>>> = {
  int64: (values, dims) => new ort.Tensor('int64', values, dims),
  int32: (values, dims) => new ort.Tensor('int32', Int32Array.from(values, Number), dims),
  uint32: (values, dims) => new ort.Tensor('uint32', Uint32Array.from(values, Number), dims),
  float32: (values, dims) => new ort.Tensor('float32', Float32Array.from(values, Number), dims),
  float64: (values, dims) => new ort.Tensor('float64', Float64Array.from(values, Number), dims),
};

/** Of 0 and 1 alone. */
const FLAGS: Readonly<Partial<Record<Type, Make>>> = {
  ...NUMBERS,
  bool: (values, dims) => new ort.Tensor('bool', Uint8Array.from(values, Number), dims),
  int8: (values, dims) => new ort.Tensor('int8', Int8Array.from(values, Number), dims),
  uint8: (values, dims) => new ort.Tensor('uint8', Uint8Array.from(values, Number), dims),
  float16: (values, dims) =>
    new ort.Tensor(
      'float16',
      Uint16Array.from(values, (one) => HALF_ONE * Number(one)),
      dims,
    ),
};

export function isFeedable(type: Type, role: InputRole): boolean {
  return (role === 'ids' || role === 'positions' ? NUMBERS : FLAGS)[type] !== undefined;
}

/** @param values whole numbers; 0 and 1 for the types that hold no more. */
export function encoded(type: Type, values: BigInt64Array, dims: readonly number[]): ort.Tensor {
  const make = FLAGS[type];
  if (make === undefined) throw new Error(`no whole numbers as ${type}`);
  return make(values, dims);
}

const FLOATS: readonly Type[] = ['float32', 'float16', 'float64'];

export function isFloat(type: Type): boolean {
  return FLOATS.includes(type);
}

/** Newer runtimes have a Float16Array, Node 20 gives the bits. */
export function decoded(tensor: ort.Tensor, name: string): Float32Array {
  const data: unknown = tensor.data;
  if (data instanceof Float32Array) return data;
  if (tensor.type === 'float16' && data instanceof Uint16Array) return halfToFloat(data);
  if (isFloat(tensor.type)) return Float32Array.from(data as ArrayLike<number>); // Float64Array or Float16Array
  throw new Error(`output "${name}" is ${tensor.type}, not of floats`);
}
