// What the rest of the program sees of weights: named float32 arrays with a shape, whatever they were stored as.

/** Row-major float32 values. `data` may be a view of the file's bytes: never write into it. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Named weights: a file, or a base with an operating point merged into it. */
export interface WeightSource {
  names(): string[];
  has(name: string): boolean;
  /** Known without decoding; throws a BenchError when absent. */
  shape(name: string): readonly number[];
  /** Decoded anew on each call; throws a BenchError when absent, of another kind, or not finite. */
  tensor(name: string): Tensor;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
