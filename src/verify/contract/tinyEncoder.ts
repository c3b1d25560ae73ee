// A BERT of three layers and 32 hidden units with random weights: large enough for a method to be held to the contract,
// and there in a moment on every machine.
import { sha256Hex, stableJson } from '../../core/hash.ts';
import { parseEncoderConfig } from '../../graphs/config.ts';
import type { GraphSource } from '../../graphs/graphFiles.ts';
import type { Tensor, WeightSource } from '../../weights/tensor.ts';
import { randomWeights } from '../../zoo/geometry/weights.ts';

const CONFIG = {
  model_type: 'bert',
  vocab_size: 128,
  hidden_size: 32,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 64,
  max_position_embeddings: 64,
};
/** Wide enough for tokens and queries to differ as in a trained encoder (zoo/geometry/weights.ts). */
const SPREAD = { weights: 0.1, queryBias: 1 };

export const TINY = 'tiny-random';

export function tinyEncoder(): GraphSource {
  const config = parseEncoderConfig(CONFIG, TINY);
  const tensors = new Map(
    randomWeights(config, SPREAD, TINY).map((made): [string, Tensor] => {
      return [made.name, { shape: made.shape, data: new Float32Array(Uint8Array.from(made.bytes()).buffer) }];
    }),
  );
  const tensor = (name: string): Tensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new Error(`the tiny encoder has no tensor ${name}`);
    return found;
  };
  const base: WeightSource = {
    names: () => [...tensors.keys()],
    has: (name) => tensors.has(name),
    shape: (name) => tensor(name).shape,
    tensor,
  };
  return { name: TINY, config, base, baseSha256: sha256Hex(stableJson([CONFIG, SPREAD])) };
}
