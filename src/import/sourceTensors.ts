// The tensors of one file of a checkpoint, as the architectures see them.
import type { StoredTensorFile } from '../weights/safetensors.ts';
import type { SourceTensor } from './architecture.ts';

export function tensorsOf(file: StoredTensorFile): SourceTensor[] {
  return file.names().map((name) => {
    const floats = (): Float32Array => file.tensor(name).data;
    const shared = { name, shape: file.shape(name), floats };
    // No graph computes in float64, so it is narrowed here.
    if (file.dtype(name) === 'F64') return { ...shared, dtype: 'F32', bytes: () => bytesOf(floats()) };
    return { ...shared, dtype: file.dtype(name), bytes: () => file.bytes(name) };
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
