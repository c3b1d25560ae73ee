// The head of an encoder that has none. Its numbers are the same for all models of a width, so that two imports agree
// to the byte; variances are such that the logits of a normalised hidden state are of the order of one.
import { createRandom } from '../core/random.ts';
import type { EncoderConfig } from '../graphs/config.ts';
import { floatTensor } from '../weights/writeSafetensors.ts';
import type { CanonicalTensor } from './architecture.ts';

export interface AddedHead {
  readonly tensors: readonly CanonicalTensor[];
  /** Names of the linear layers that were made up. */
  readonly names: readonly string[];
}

/** @param present canonical names that the encoder has: a pooler of its own is kept. */
export function randomHead({ hiddenSize, labels }: EncoderConfig, present: ReadonlySet<string>): AddedHead {
  const layers: [string, number][] = [
    ['bert.pooler.dense', hiddenSize],
    ['classifier', labels.length],
  ];
  const missing = layers.filter(([name]) => !present.has(`${name}.weight`));
  return {
    names: missing.map(([name]) => name),
    tensors: missing.flatMap(([name, outputs]) => randomLinear(name, outputs, hiddenSize)),
  };
}

/** Weights uniform with variance 1 / inputs, biases 0. */
function randomLinear(name: string, outputs: number, inputs: number): CanonicalTensor[] {
  const random = createRandom(`head/${name}/${outputs}/${inputs}`);
  const bound = Math.sqrt(3 / inputs);
  const weight = Float32Array.from({ length: outputs * inputs }, () => bound * (2 * random.next() - 1));
  return [
    { ...floatTensor(`${name}.weight`, [outputs, inputs], weight), from: [] },
    { ...floatTensor(`${name}.bias`, [outputs], new Float32Array(outputs)), from: [] },
  ];
}
