// LTP (Kim et al., KDD 2022, section 3.1) and its manual-threshold baseline: a token is kept while the attention
// it receives, averaged over heads and live queries, reaches the layer's threshold. In the padding-free units
// used here the mean over live tokens is exactly 1, so a threshold says "times the average"; it equals the
// published S * s_i, whatever the padded length S. The two methods differ only in where thresholds come from.
// A threshold of exactly 0 switches the layer's pruning off, floor or not, as the published code does for its first
// layer; a negative one leaves only the floor.
import { BenchError } from '../../core/errors.ts';
import type { MethodName } from '../../core/names.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import type { Method, PointRule } from './contract.ts';
import { clsPolicy, layerValues, requirePoint, scored } from './point.ts';

const THRESHOLDS = 'pruning.thresholds';

export const ltp: Method = receivedAttention(
  'ltp',
  'Learned token pruning: a layer drops a token when the attention that it receives falls below a threshold learned for that layer.',
);
export const threshold: Method = receivedAttention(
  'threshold',
  'The same rule as ltp, with thresholds set by hand.',
);

function receivedAttention(name: MethodName, summary: string): Method {
  return {
    name,
    rows: 'packed',
    summary,
    line: 'threshold',
    neutral: { [THRESHOLDS]: 0 },
    read: (config, point) => readThresholds(config, requirePoint(name, point)),
  };
}

function readThresholds(config: EncoderConfig, point: TensorFile): PointRule {
  const floor = readFloor(point);
  const thresholds = layerValues(point, THRESHOLDS, config.layers);
  const limits = thresholds.map((value) => (value === 0 ? 0 : Math.max(value, floor)));
  return {
    strengths: limits,
    protectsCls: clsPolicy(point) === 'protected',
    // A limit of zero or less keeps everything.
    removesAt: (layer) => (limits[layer] ?? 0) > 0,
    scoreAt: () => 'received-attention',
    keepAfter: (g, context, layer, state) =>
      g.op('GreaterOrEqual', [scored(state), context.strength(layer)], {}, 'keep'),
    predictorMacsPerToken: 0,
  };
}

function readFloor(point: TensorFile): number {
  const text = point.metadata['floor'] ?? '0';
  const floor = Number(text);
  if (text.trim() === '' || !Number.isFinite(floor) || floor < 0) {
    throw new BenchError(`${point.path}: metadata "floor" is "${text}"`, 'write a number of 0 or more');
  }
  return floor;
}
