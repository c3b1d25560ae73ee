// A NaN or an infinity in a weight shows in a graph only as an accuracy of one half, so none gets in.
import { BenchError } from '../core/errors.ts';
import type { TensorToWrite } from '../weights/writeSafetensors.ts';

/** The same tensor; its bytes are looked at when they are asked for. @param where for the message. */
export function finite(tensor: TensorToWrite, where: string): TensorToWrite {
  const { name, dtype, shape } = tensor;
  return {
    ...{ name, dtype, shape },
    bytes: () => {
      const bytes = tensor.bytes();
      const at = firstNonFinite(bytes, dtype);
      if (at === -1) return bytes;
      throw new BenchError(
        `${where}: tensor ${name} holds NaN or an infinity at element ${at}`,
        'the checkpoint is damaged: fetch it anew',
      );
    },
  };
}

/** Index of the first value whose exponent bits are all set, -1 if there is none. */
function firstNonFinite(bytes: Uint8Array, dtype: TensorToWrite['dtype']): number {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4).findIndex(
        (value) => !Number.isFinite(value),
      );
    case 'F16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2).findIndex(
        (bits) => (bits & 0x7c00) === 0x7c00,
      );
    case 'BF16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2).findIndex(
        (bits) => (bits & 0x7f80) === 0x7f80,
      );
    case 'F64':
      return new Float64Array(buffer, byteOffset, byteLength / 8).findIndex(
        (value) => !Number.isFinite(value),
      );
    case 'I8':
    case 'BOOL':
    case 'U8':
    case 'I16':
    case 'U16':
    case 'I32':
    case 'U32':
    case 'I64':
    case 'U64':
      return -1;
  }
}
