// Top-k by received attention. Two ways to say k: keep rates (the LTP paper's SpAtten-style baseline:
// k = round-half-even(rate x real input length), the same input length for every layer) and absolute keep
// counts (PoWER-BERT, Length-Adaptive Transformer: k = min(alive, count)). A protected [CLS] takes one of the k
// places and k is at least 1; an unprotected one competes like any token and k may be 0, as in LTP's published code.
// Equal scores are settled for the earlier token (ONNX's rule for TopK; the published sort is unstable and has no
// rule); survivors keep their original order.
import { BenchError } from '../../core/errors.ts';
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import type { Method, MethodContext, PointRule } from './contract.ts';
import { clsPolicy, layerValues, requirePoint, scoreKind, scored } from './point.ts';

const RATES = 'pruning.keep_rates';
const COUNTS = 'pruning.keep_counts';

export const topk: Method = {
  name: 'topk',
  rows: 'packed',
  summary: 'Each layer keeps a fixed share of the tokens: those that receive most attention.',
  line: 'rank',
  neutral: { [RATES]: 1 },
  read: (config, point) => readRule(config, requirePoint('topk', point)),
};

function readRule(config: EncoderConfig, point: TensorFile): PointRule {
  if (point.has(RATES) === point.has(COUNTS)) {
    throw new BenchError(`${point.path}: needs exactly one of ${RATES} and ${COUNTS}`);
  }
  const byRate = point.has(RATES);
  const strengths = layerValues(point, byRate ? RATES : COUNTS, config.layers);
  const kind = scoreKind(point);
  const protectsCls = clsPolicy(point) === 'protected';
  return {
    strengths,
    protectsCls,
    removesAt: (layer) => !byRate || (strengths[layer] ?? 1) < 1,
    scoreAt: () => kind,
    keepAfter: (g, context, layer, state) => {
      const wanted = byRate
        ? context.tools.shareOf(g, context.inputCounts, context.strength(layer))
        : counted(g, context, layer);
      return context.tools.keepLargest(g, state, scored(state), wanted, protectsCls);
    },
    predictorMacsPerToken: 0,
  };
}

/** int64 []: the layer's count. */
function counted(g: GraphBuilder, context: MethodContext, layer: number): Value {
  return g.op('Cast', [context.strength(layer)], { to: DATA_TYPE.int64 });
}
