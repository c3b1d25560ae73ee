// Random weights that are the same bytes on every machine. Each value is a sum of four uniform 16-bit integers (Irwin
// and Hall's distribution: close to normal, no value beyond 3.46 standard deviations), scaled by one multiplication in
// float64 and rounded once to float32; nothing of it depends on a mathematical library. Each tensor has a stream of its
// own, seeded by model, seed and name.
//
// Initialisation is BERT's (standard deviation 0.02, LayerNorm 1 and 0) but for the query biases. With them at 0 all
// tokens receive nearly the same attention and a threshold would hang on rounding; with them some tokens are preferred
// by all queries alike, as in trained encoders, received attention scatters by 15 to 20 % of its mean, and how it
// scatters hardly depends on the length of the text.
import { randomBits } from '../../core/random.ts';
import { elementCount } from '../../weights/tensor.ts';
import type { TensorToWrite } from '../../weights/writeSafetensors.ts';
import type { EncoderConfig } from '../../graphs/config.ts';
import { tensorShapes } from '../../graphs/tensorShapes.ts';

export interface Spread {
  /** Standard deviation of matrices and tables. */
  readonly weights: number;
  /** Standard deviation of the query biases; all other biases are 0. */
  readonly queryBias: number;
}

/** Tensors of the encoder in file order, each made when its bytes are asked for. @param stream seeds them all. */
export function randomWeights(config: EncoderConfig, spread: Spread, stream: string): TensorToWrite[] {
  return [...tensorShapes(config)].map(([name, shape]) =>
    randomTensor(name, shape, spreadOf(name, spread), `${stream}/${name}`),
  );
}

type Filling = { readonly constant: number } | { readonly deviation: number };

export function randomTensor(
  name: string,
  shape: readonly number[],
  filling: Filling,
  seed: string,
): TensorToWrite {
  return {
    name,
    dtype: 'F32',
    shape,
    bytes: () => {
      const count = elementCount(shape);
      const values =
        'constant' in filling
          ? new Float32Array(count).fill(filling.constant)
          : bellShaped(count, filling.deviation, seed);
      return new Uint8Array(values.buffer);
    },
  };
}

function spreadOf(name: string, { weights, queryBias }: Spread): Filling {
  if (name.endsWith('LayerNorm.weight')) return { constant: 1 };
  if (name.endsWith('.query.bias')) return { deviation: queryBias };
  return name.endsWith('.bias') ? { constant: 0 } : { deviation: weights };
}

/** Mean of the sum of four uniform integers in [0, 65535]. */
const SUM_MEAN = 2 * 65535;
const SUM_DEVIATION = Math.sqrt((4 * (65536 ** 2 - 1)) / 12);

function bellShaped(count: number, deviation: number, seed: string): Float32Array {
  const draw = randomBits(seed);
  const scale = deviation / SUM_DEVIATION;
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const [one, other] = [draw(), draw()];
    const sum = (one >>> 16) + (one & 0xffff) + (other >>> 16) + (other & 0xffff);
    values[index] = (sum - SUM_MEAN) * scale;
  }
  return values;
}
