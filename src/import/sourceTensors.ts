// The tensors of one file of a checkpoint, as the architectures see them.
import type { StoredTensorFile } from '../weights/safetensors.ts';
import type { SourceTensor } from './architecture.ts';

export function tensorsOf(file: StoredTensorFile): SourceTensor[] {
  return file.names().map((name) => ({
    name,
    dtype: file.dtype(name),
    shape: file.shape(name),
    bytes: () => file.bytes(name),
    floats: () => file.tensor(name).data,
  }));
}
