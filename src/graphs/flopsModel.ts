// What the analytic FLOPs need to know of a graph, as plain data: they are worked out in rows/, which knows no graphs.
import type { FlopsModel } from '../core/schema/flops.ts';
import type { AttentionKernels } from './attention/kernels.ts';
import type { EncoderConfig } from './config.ts';
import type { Method, PointRule } from './methods/contract.ts';

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
    scores: Array.from({ length: layers }, (_, layer) => rule.scoreAt(layer) !== null),
    adaptive: kernels.adaptive,
    loopAbove: kernels.loopAbove,
  };
}
