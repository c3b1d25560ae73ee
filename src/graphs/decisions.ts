// What a graph tells of its decisions when it is asked to (EncoderOptions.decisions): beside its answer, the score
// that each token was judged by and what became of it. Two machines that round differently can then be compared token
// by token, and a decision that differs can be traced to how near its score was to the line. Only outputs are added:
// what is computed, and how, stays as it is in the graph that is timed.
import type { GraphBuilder, Value } from '../onnx/builder.ts';
import { DATA_TYPE } from '../onnx/proto.ts';

/**
 * Of methods that decide after attention, float [B, longest], a slot for each row that entered the layer; of those
 * that decide before it, float [T], a row each. Absent for a layer that decides nothing.
 */
function scoreOutput(layer: number): string {
  return `score.${layer}`;
}

/** int64, shaped like the score: 1 where the method keeps the token, whatever becomes of [CLS] and empty slots. */
function keepOutput(layer: number): string {
  return `keep.${layer}`;
}

export function tellScore(g: GraphBuilder, layer: number, score: Value): void {
  g.output(score, 'float', null, scoreOutput(layer));
}

/** @param keep int64. */
export function tellKeep(g: GraphBuilder, layer: number, keep: Value): void {
  g.output(keep, 'int64', null, keepOutput(layer));
}

export function asInteger(g: GraphBuilder, flags: Value): Value {
  return g.op('Cast', [flags], { to: DATA_TYPE.int64 }, 'told');
}
