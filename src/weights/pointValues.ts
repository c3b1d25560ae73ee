// A point in plain values, read like a file of tensors: what needs no training, and what a search tries before any file
// exists.
import { BenchError } from '../core/errors.ts';
import type { TensorFile } from './safetensors.ts';
import type { Tensor } from './tensor.ts';

/** By name: a number or a list of numbers is a tensor of the shape [] or [n], a text is metadata. */
export type PointValues = Readonly<Record<string, number | readonly number[] | string>>;

/** @param path what messages call it. */
export function pointOfValues(path: string, values: PointValues): TensorFile {
  const metadata: Record<string, string> = {};
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') metadata[name] = value;
    else tensors.set(name, tensorOf(value));
  }
  const tensor = (name: string): Tensor => {
    const found = tensors.get(name);
    if (found !== undefined) return found;
    throw new BenchError(`${path}: no tensor ${name}`, `it has ${[...tensors.keys()].join(', ') || 'none'}`);
  };
  return {
    path,
    metadata,
    names: () => [...tensors.keys()],
    has: (name) => tensors.has(name),
    shape: (name) => tensor(name).shape,
    tensor,
    int32: (name) => {
      const { shape, data } = tensor(name);
      const broken = data.find((value) => !Number.isInteger(value));
      if (broken === undefined) return { shape, data: Int32Array.from(data) };
      throw new BenchError(`${path}: tensor ${name}: ${broken} is not a whole number`);
    },
  };
}

function tensorOf(value: number | readonly number[]): Tensor {
  return typeof value === 'number'
    ? { shape: [], data: Float32Array.of(value) }
    : { shape: [value.length], data: Float32Array.from(value) };
}
