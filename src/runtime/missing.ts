// An installed package may lack ONNX Runtime: its installer wants to download CUDA libraries, which the CPU does not need,
// and where it cannot, npm leaves the whole of it out. All that measures nothing works without.
import { BenchError, messageOf } from '../core/errors.ts';
import { wantedVersion } from '../core/root.ts';

const NAME = 'onnxruntime-node';

/** Whether the error is Node's for an import of ONNX Runtime that it did not find. */
export function isWithoutRuntime(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    new RegExp(`'${NAME}(/[^']*)?'`).test(messageOf(thrown))
  );
}

export function withoutRuntime(cause: unknown): BenchError {
  return new BenchError(
    `ONNX Runtime (${NAME}) is not installed: npm leaves it out where its installer cannot download CUDA libraries`,
    `without them: npm install --ignore-scripts ${NAME}@${wantedVersion(NAME)}`,
    { cause },
  );
}
