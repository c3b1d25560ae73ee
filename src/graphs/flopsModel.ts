// What the analytic FLOPs need to know of a graph, as plain data: they are worked out in rows/, which knows no graphs.
import type { FlopsModel } from '../core/schema/flops.ts';
import type { AttentionKernels } from './attention/kernels.ts';
import type { EncoderConfig } from './config.ts';
import { removesAfter, scoreOf, type Method, type PointRule } from './methods/contract.ts';

/** @param rule of the method at its point. */
export function flopsModel(
  config: EncoderConfig,
  method: Pick<Method, 'rows'>,
  rule: PointRule,
  kernels: Pick<AttentionKernels, 'adaptive' | 'loopAbove'>,
): FlopsModel {
  const { layers, hiddenSize, intermediateSize, embeddingSize, heads, labels } = config;
  return {
    ...{ layers, hiddenSize, intermediateSize, embeddingSize, heads, labels: labels.length },
    padded: method.rows === 'padded',
    removes: rule.keepBefore === undefined ? 'after-attention' : 'before-layer',
    predictorMacsPerToken: rule.predictorMacsPerToken,
    ...predictsAt(rule, layers),
    scores: Array.from({ length: layers }, (_, layer) => scoreOf(rule, layer) !== null),
    adaptive: kernels.adaptive,
    loopAbove: kernels.loopAbove,
  };
}

/** A predictor after attention works where the layer removes, one before a layer everywhere. */
function predictsAt(rule: PointRule, layers: number): Pick<FlopsModel, 'predictsAt'> {
  if (rule.keepBefore !== undefined || rule.predictorMacsPerToken === 0) return {};
  return { predictsAt: Array.from({ length: layers }, (_, layer) => removesAfter(rule, layer)) };
}
