// Transkimmer's published inference draws Gumbel noise for both logits of every token and layer; the difference of two
// Gumbels is logistic, so a token is kept iff logit 1 - logit 0 + logistic noise > 0. Here the noise lies in a table of
// the point, drawn once from a seed, and a token finds its entry by its id and place. So the draw is fixed: the same text
// gets the same answer in any batch. It is one draw of the published random model, not its average.
import { BenchError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import { range } from '../packing.ts';
import type { BeforeLayer, MethodContext } from './contract.ts';

/** float [L, NOISE_ENTRIES]. */
export const SKIM_NOISE = 'skim.noise';
/** The largest prime below 2^16: two tokens of a sentence of n share an entry with a chance of about n^2 / 2^17. */
export const NOISE_ENTRIES = 65521;
/** Multipliers of id and place, modulo the number of entries: a linear hash with large, unrelated strides. */
const ID_STRIDE = 40503;
const PLACE_STRIDE = 30011;

/** Entry of a token. @param place 0 for [CLS]. */
export function noiseEntry(id: number, place: number): number {
  return (id * ID_STRIDE + place * PLACE_STRIDE) % NOISE_ENTRIES;
}

/** float [L, NOISE_ENTRIES], standard logistic, one stream a layer. */
export function drawNoise(layers: number, seed: number): Float32Array {
  const noise = new Float32Array(layers * NOISE_ENTRIES);
  for (let layer = 0; layer < layers; layer++) {
    const random = createRandom(`transkimmer:${seed}:${layer}`);
    for (let entry = 0; entry < NOISE_ENTRIES; entry++) {
      noise[layer * NOISE_ENTRIES + entry] = logistic(random.next());
    }
  }
  return noise;
}

/** The quantile function; 0 has no finite one. */
function logistic(uniform: number): number {
  const inside = uniform === 0 ? 2 ** -54 : uniform;
  return Math.log(inside) - Math.log1p(-inside);
}

export function checkNoise(config: EncoderConfig, point: TensorFile): void {
  const shape = point.shape(SKIM_NOISE);
  if (shape.join() === [config.layers, NOISE_ENTRIES].join()) return;
  throw new BenchError(
    `${point.path}: tensor ${SKIM_NOISE} is [${shape.join(', ')}], not [${config.layers}, ${NOISE_ENTRIES}]`,
    'import the checkpoint again',
  );
}

/** float [T]: the noise of each row in this layer. */
export function noiseOf(g: GraphBuilder, context: MethodContext, layer: number, state: BeforeLayer): Value {
  if (state.origin === null) throw new Error('a sampled rule tracks where rows came from');
  const entry = g.op('Gather', [entriesOfSlots(g, context), state.origin], { axis: 0 }, 'entry');
  const inLayer = g.op('Add', [entry, g.int64(layer * NOISE_ENTRIES)]);
  const table = g.op('Reshape', [context.weight(SKIM_NOISE), g.int64([-1])]); // [L * N]
  return g.op('Gather', [table, inLayer], { axis: 0 }, 'noise');
}

/** Entries do not change with depth, so a graph computes them once. */
const computed = new WeakMap<GraphBuilder, Value>();

/** int64 [B * S]. */
function entriesOfSlots(g: GraphBuilder, { inputIds, inputLength }: MethodContext): Value {
  const known = computed.get(g);
  if (known !== undefined) return known;
  const places = g.op('Mul', [range(g, inputLength), g.int64(PLACE_STRIDE)]); // [S]
  const sum = g.op('Add', [g.op('Mul', [inputIds, g.int64(ID_STRIDE)]), places]); // [B, S]
  const entries = g.op('Reshape', [g.op('Mod', [sum, g.int64(NOISE_ENTRIES)]), g.int64([-1])], {}, 'entries');
  computed.set(g, entries);
  return entries;
}
