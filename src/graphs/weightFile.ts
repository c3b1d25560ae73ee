// External data: float32 tensors laid one after the other in a file beside the graphs, each at an offset that
// is a multiple of 64 bytes (a cache line; ONNX Runtime reads, and may map, them in place).
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { TensorProto } from '../onnx/proto.ts';
import { elementCount, type WeightSource } from '../weights/tensor.ts';

const ALIGNMENT = 64;

export class WeightFile {
  /** File name as the graphs refer to it: a sibling of the .onnx file. */
  readonly location: string;
  readonly #source: WeightSource;
  readonly #layout = new Map<string, TensorProto>();
  #size = 0;

  constructor(location: string, source: WeightSource, names: readonly string[]) {
    this.location = location;
    this.#source = source;
    for (const name of names) this.#place(name);
  }

  /** The initializer that refers to the tensor, or undefined if it is not in this file. */
  initializer(name: string): TensorProto | undefined {
    return this.#layout.get(name);
  }

  /** Writes to a temporary sibling and renames, so that a file that exists is whole. */
  async write(directory: string): Promise<void> {
    const path = join(directory, this.location);
    const temporary = `${path}.${process.pid}.tmp`;
    const stream = createWriteStream(temporary);
    for (const name of this.#layout.keys()) {
      const { data } = this.#source.tensor(name);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      if (!stream.write(bytes)) await once(stream, 'drain');
      const padding = paddingOf(bytes.length);
      if (padding > 0) stream.write(new Uint8Array(padding));
    }
    stream.end();
    await finished(stream);
    await rename(temporary, path);
  }

  #place(name: string): void {
    const dims = this.#source.shape(name);
    const length = elementCount(dims) * Float32Array.BYTES_PER_ELEMENT;
    const data = { location: this.location, offset: this.#size, length };
    this.#layout.set(name, { name, type: 'float', dims, data });
    this.#size += length + paddingOf(length);
  }
}

function paddingOf(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}
