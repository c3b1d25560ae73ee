// Top-k by received attention. Two ways to say k: keep rates (the LTP paper's SpAtten-style baseline:
// k = round-half-even(rate x real input length), the same input length for every layer) and absolute keep
// counts (PoWER-BERT, Length-Adaptive Transformer: k = min(alive, count)). [CLS] takes one of the k places; equal
// scores are settled for the earlier token (ONNX's rule for TopK); survivors keep their original order.
import { BenchError } from '../../core/errors.ts';
import { GraphBuilder, type Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import { column, range, slotNumbers } from '../packing.ts';
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
  if (clsPolicy(point) !== 'protected') {
    throw new BenchError(`${point.path}: topk with an unprotected [CLS] is not supported`, 'set cls=protected');
  }
  const byRate = point.has(RATES);
  const strengths = layerValues(point, byRate ? RATES : COUNTS, config.layers);
  const kind = scoreKind(point);
  return {
    strengths,
    protectsCls: true,
    scoreAt: (layer) => (byRate && (strengths[layer] ?? 1) >= 1 ? null : kind),
    keepAfter: (g, context, layer, state) =>
      keepLargest(g, state, byRate ? rated(g, context, layer, state) : counted(g, context, layer, state)),
    predictorMacsPerToken: 0,
  };
}

/** int64 [B]: max(1, round-half-even(n0 x rate)), at most what is alive. */
function rated(g: GraphBuilder, context: MethodContext, layer: number, state: AfterScore): Value {
  const length = g.op('Cast', [context.inputCounts], { to: DATA_TYPE.float });
  const rounded = g.op('Round', [g.op('Mul', [length, context.strength(layer)])]);
  const k = g.op('Max', [g.op('Cast', [rounded], { to: DATA_TYPE.int64 }), g.int64([1])]);
  return g.op('Min', [k, state.packing.counts], {}, 'k');
}

/** int64 [B]: the layer's count, at most what is alive. */
function counted(g: GraphBuilder, context: MethodContext, layer: number, state: AfterScore): Value {
  const count = g.op('Cast', [context.strength(layer)], { to: DATA_TYPE.int64 });
  return g.op('Min', [g.op('Max', [count, g.int64([1])]), state.packing.counts], {}, 'k');
}

/** bool [B, longest], true at each sequence's k largest scores. */
function keepLargest(g: GraphBuilder, { score, filled, packing }: AfterScore, k: Value): Value {
  const slots = slotNumbers(g, packing); // [1, S]
  const isCls = g.op('Equal', [slots, g.int64([0])]);
  const protectedScore = g.op('Where', [isCls, g.float(FIRST), score]);
  const ranked =
    filled === null ? protectedScore : g.op('Where', [filled, protectedScore, g.float(LAST)]);
  const most = g.op('Reshape', [g.op('ReduceMax', [k], { keepdims: 0 }), g.int64([1])]);
  const [, indices = ''] = g.ops('TopK', [ranked, most], 2, { axis: 1, largest: 1, sorted: 1 });
  const places = g.op('Unsqueeze', [range(g, g.op('Squeeze', [most])), g.int64([0])]);
  const within = g.op('Cast', [g.op('Less', [places, column(g, k)])], { to: DATA_TYPE.int32 }); // [B, most]
  const zero = GraphBuilder.scalarAttribute('int32', 0);
  const nothing = g.op('ConstantOfShape', [g.op('Shape', [score])], { value: zero }, 'nothing'); // [B, S]
  return g.op('Cast', [g.op('ScatterElements', [nothing, indices, within], { axis: 1 })], { to: DATA_TYPE.bool }, 'keep');
}
