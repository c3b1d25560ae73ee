// A point registered by hand for an imported model of three layers, as calibration would.
import { join } from 'node:path';
import { registerPoint } from '../../src/zoo/localZoo.ts';
import type { ModelEntry } from '../../src/zoo/entry.ts';
import { floatTensor, writeSafetensors } from '../../src/weights/writeSafetensors.ts';
import { entryOf } from './golden.ts';

export const RATES = [1, 0.75, 0.5];
const POINTS = {
  topk: floatTensor('pruning.keep_rates', [3], Float32Array.from(RATES)),
  ltp: floatTensor('pruning.thresholds', [3], Float32Array.of(0, 0.7, 0.9)),
} as const;

/** @returns the model with the point `half` of the method. */
export async function withPoint(
  name: string,
  method: keyof typeof POINTS,
  local: string,
): Promise<ModelEntry> {
  const { weights } = entryOf(name, local);
  const file = join('points', name, `${method}.safetensors`);
  const metadata = { method, cls: 'protected', score: 'received-attention', base_sha256: weights.sha256 };
  const written = await writeSafetensors(join(local, file), [POINTS[method]], metadata);
  const training = { command: 'none', seed: 0 };
  registerPoint({ model: name, name: 'half', method, file, ...written, training, metrics: {} }, local);
  return entryOf(name, local);
}
