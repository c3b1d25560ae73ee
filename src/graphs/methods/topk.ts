// Top-k by received attention. Two ways to say k: keep rates (the LTP paper's SpAtten-style baseline:
// k = round-half-even(rate x real input length), the same input length for every layer) and absolute keep
// counts (PoWER-BERT, Length-Adaptive Transformer: k = min(alive, count)). A protected [CLS] takes one of the k
// places and k is at least 1; an unprotected one competes like any token and k may be 0, as in LTP's published code.
// Equal scores are settled for the earlier token (ONNX's rule for TopK; the published sort is unstable and has no
// rule); survivors keep their original order.
import { BenchError } from '../../core/errors.ts';
import { GraphBuilder, type Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import { aliveCounts, column, range, slotNumbers, visibleSlots } from '../packing.ts';
import type { AfterScore, Method, MethodContext, PointRule } from './contract.ts';
import { clsPolicy, layerValues, requirePoint, scoreKind } from './point.ts';

export const topk: Method = {
  name: 'topk',
  rows: 'packed',
  read: (config, point) => readRule(config, requirePoint('topk', point)),
};

const RATES = 'pruning.keep_rates';
const COUNTS = 'pruning.keep_counts';
/** Larger than any score: [CLS] ranks first. */
const FIRST = 3e38;
/** Smaller than any score: empty slots rank last. */
const LAST = -3e38;

function readRule(config: EncoderConfig, point: TensorFile): PointRule {
  if (point.has(RATES) === point.has(COUNTS)) {
    throw new BenchError(`${point.path}: needs exactly one of ${RATES} and ${COUNTS}`);
  }
  const byRate = point.has(RATES);
  const strengths = layerValues(point, byRate ? RATES : COUNTS, config.layers);
  const kind = scoreKind(point);
  const protectsCls = clsPolicy(point) === 'protected';
  const fewest = protectsCls ? 1 : 0;
  const rank = protectsCls ? ranksWithClsFirst : ranksOfLive;
  return {
    strengths,
    protectsCls,
    scoreAt: (layer) => (byRate && (strengths[layer] ?? 1) >= 1 ? null : kind),
    keepAfter: (g, context, layer, state) => {
      const wanted = byRate ? rated(g, context, layer) : counted(g, context, layer);
      const least = g.op('Max', [wanted, g.int64([fewest])]);
      const k = g.op('Min', [least, aliveCounts(g, state.packing)], {}, 'k'); // int64 [B]
      return keepLargest(g, rank(g, state), k);
    },
    predictorMacsPerToken: 0,
  };
}

/** int64 [B]: round-half-even(n0 x rate), in float32 like PyTorch's. */
function rated(g: GraphBuilder, context: MethodContext, layer: number): Value {
  const length = g.op('Cast', [context.inputCounts], { to: DATA_TYPE.float });
  const rounded = g.op('Round', [g.op('Mul', [length, context.strength(layer)])]);
  return g.op('Cast', [rounded], { to: DATA_TYPE.int64 });
}

/** int64 []: the layer's count. */
function counted(g: GraphBuilder, context: MethodContext, layer: number): Value {
  return g.op('Cast', [context.strength(layer)], { to: DATA_TYPE.int64 });
}

/** float [B, longest]: scores with [CLS] before and empty slots behind all others. */
function ranksWithClsFirst(g: GraphBuilder, { score, filled, packing }: AfterScore): Value {
  const isCls = g.op('Equal', [slotNumbers(g, packing), g.int64([0])]); // [1, S]
  const first = g.op('Where', [isCls, g.float(FIRST), score]);
  return filled === null ? first : g.op('Where', [filled, first, g.float(LAST)]);
}

/** float [B, longest]: scores with empty slots and orphans behind all others. */
function ranksOfLive(g: GraphBuilder, { score, filled, packing }: AfterScore): Value {
  return filled === null ? score : g.op('Where', [visibleSlots(g, packing, filled), score, g.float(LAST)]);
}

/** bool [B, longest], true at each sequence's k largest of `ranks`. */
function keepLargest(g: GraphBuilder, ranks: Value, k: Value): Value {
  const most = g.op('ReduceMax', [k], { keepdims: 1 }); // [1], 0 where nothing is kept anywhere
  const [, indices = ''] = g.ops('TopK', [ranks, most], 2, { axis: 1, largest: 1, sorted: 1 });
  const places = g.op('Unsqueeze', [range(g, g.op('Squeeze', [most])), g.int64([0])]);
  const within = g.op('Cast', [g.op('Less', [places, column(g, k)])], { to: DATA_TYPE.int32 }); // [B, most]
  const zero = GraphBuilder.scalarAttribute('int32', 0);
  const nothing = g.op('ConstantOfShape', [g.op('Shape', [ranks])], { value: zero }, 'nothing'); // [B, S]
  return g.op(
    'Cast',
    [g.op('ScatterElements', [nothing, indices, within], { axis: 1 })],
    { to: DATA_TYPE.bool },
    'keep',
  );
}
