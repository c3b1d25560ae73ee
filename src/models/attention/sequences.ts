// Attention of a ragged batch one sequence at a time: no padding is computed, and the probabilities of one
// sequence stay in cache (8 x 256 tokens took two thirds of the batched product's time).
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import type { Packing } from '../packing.ts';
import { hiddenSize, type AttentionShape, type Projections, type Score } from './kernels.ts';
import type { RectangleResult } from './rectangle.ts';
import { sequenceAttention } from './sequence.ts';

/** @returns results in slots [B * longest], like a rectangle's; empty slots hold 0. */
export function loopedAttention(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  shape: AttentionShape,
  score: Score | null,
): RectangleResult {
  const body = g.subgraph('sequence', (child) => {
    const index = child.input(child.unique('sequence'), 'int64', []);
    child.input(child.unique('go_in'), 'bool', []);
    child.output(child.op('Identity', [child.bool(true)]), 'bool', []);
    oneSequence(child, rows, packing, shape, score, index);
  });
  const count = score === null ? 1 : 2;
  const outputs = g.ops('Loop', [packing.batch, ''], count, { body: { graph: body } }, 'sequences');
  const context = g.op('Reshape', [outputs[0] ?? '', g.int64([-1, hiddenSize(shape)])]); // [B * S, d]
  return { context, score: outputs[1] ?? null };
}

/** Declares the outputs context float [longest, d] and, if scored, float [longest]. */
function oneSequence(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  shape: AttentionShape,
  score: Score | null,
  index: Value,
): void {
  const at = g.op('Reshape', [index, g.int64([1])]);
  const count = g.op('Gather', [packing.counts, at], { axis: 0 });
  const first = g.op('Gather', [packing.starts, at], { axis: 0 });
  const end = g.op('Add', [first, count]);
  // An orphaned [CLS] is the sequence's first row: it is left out, and its context is 0.
  const before =
    packing.orphans === null
      ? g.int64([0])
      : g.op('Cast', [g.op('Gather', [packing.orphans, at], { axis: 0 })], { to: DATA_TYPE.int64 });
  const start = packing.orphans === null ? first : g.op('Add', [first, before]);
  const slice = (tensor: Value) => g.op('Slice', [tensor, start, end, g.int64([0])]);
  const own = { query: slice(rows.query), key: slice(rows.key), value: slice(rows.value) };
  const result = sequenceAttention(g, own, g.op('Squeeze', [count]), shape, score);
  const after = g.op('Sub', [g.op('Reshape', [packing.longest, g.int64([1])]), count]);
  const none = g.int64([0]);
  const rowPads = g.op('Concat', [before, none, after, none], { axis: 0 });
  g.output(g.op('Pad', [result.context, rowPads]), 'float', null);
  if (result.score === null) return;
  const flat = g.op('Squeeze', [result.score, none]);
  g.output(g.op('Pad', [flat, g.op('Concat', [before, after], { axis: 0 })]), 'float', null);
}
