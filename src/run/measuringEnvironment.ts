// Variables of the environment that change what a worker process measures: those that the program itself starts it
// with, and those of the user that it inherits. They are part of a block's definition. Paths and the choice of a
// device are left out: they differ between machines that measure the same.
import { heapEnvironment } from './heap.ts';

const INHERITED =
  /^(GLIBC_TUNABLES|LD_PRELOAD|NODE_OPTIONS|NVIDIA_TF32_OVERRIDE|(MALLOC|OMP|KMP|MKL|ORT)_\w+)$/;

/** @param own what the step's worker is started with. */
export function measuringEnvironment(
  own: Readonly<Record<string, string>>,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const chosen = Object.entries(inherited).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.test(entry[0]),
  );
  return { ...Object.fromEntries(chosen), ...heapEnvironment(inherited), ...own };
}
