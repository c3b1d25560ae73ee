// Attention of a ragged batch one sequence at a time: no padding is computed, and the probabilities of one
// sequence stay in cache (8 x 256 tokens took two thirds of the batched product's time).
import { GraphBuilder, type Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import { shapeOf, type Packing } from '../packing.ts';
import { hiddenSize, type AttentionShape, type Projections, type Score } from './kernels.ts';
import type { RectangleResult } from './rectangle.ts';
import { sequenceAttention, type SequenceResult } from './sequence.ts';

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
  const count = g.op('Gather', [packing.counts, at], { axis: 0 }); // [1]
  const first = g.op('Gather', [packing.starts, at], { axis: 0 });
  const end = g.op('Add', [first, count]);
  if (packing.orphans === null) {
    declare(g, tokensOf(g, rows, packing, shape, score, { start: first, end, before: g.int64([0]) }));
    return;
  }
  // An orphaned [CLS] is the sequence's first row: it is left out, and its context is 0.
  const before = g.op('Cast', [g.op('Gather', [packing.orphans, at], { axis: 0 })], { to: DATA_TYPE.int64 });
  const start = g.op('Add', [first, before]);
  // Nothing else may be left: ONNX Runtime 1.30's FusedMatMul divides by the number of rows, and the process dies.
  const some = g.op('Squeeze', [g.op('Less', [start, end])], {}, 'some');
  const tokens = g.subgraph('tokens', (child) => {
    declare(child, tokensOf(child, rows, packing, shape, score, { start, end, before }));
  });
  const nothing = g.subgraph('nothing', (child) => {
    declare(child, emptySlots(child, packing, shape, score));
  });
  const attributes = { then_branch: { graph: tokens }, else_branch: { graph: nothing } };
  const [context = '', received] = g.ops('If', [some], score === null ? 1 : 2, attributes, 'tokens');
  declare(g, { context, score: received ?? null });
}

function declare(g: GraphBuilder, { context, score }: SequenceResult): void {
  g.output(context, 'float', null);
  if (score !== null) g.output(score, 'float', null);
}

interface Span {
  /** int64 [1], the first row that takes part. */
  readonly start: Value;
  /** int64 [1], the row after the last. */
  readonly end: Value;
  /** int64 [1], slots before it. */
  readonly before: Value;
}

/** Attention among the rows of a span. @returns context [longest, d] and score [longest], 0 in empty slots. */
function tokensOf(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  shape: AttentionShape,
  score: Score | null,
  { start, end, before }: Span,
): SequenceResult {
  const none = g.int64([0]);
  const slice = (tensor: Value) => g.op('Slice', [tensor, start, end, none]);
  const own = { query: slice(rows.query), key: slice(rows.key), value: slice(rows.value) };
  const count = g.op('Sub', [end, start]);
  const result = sequenceAttention(g, own, g.op('Squeeze', [count]), shape, score);
  const longest = g.op('Reshape', [packing.longest, g.int64([1])]);
  const after = g.op('Sub', [longest, g.op('Add', [before, count])]);
  const rowPads = g.op('Concat', [before, none, after, none], { axis: 0 });
  const context = g.op('Pad', [result.context, rowPads]);
  if (result.score === null) return { context, score: null };
  const flat = g.op('Squeeze', [result.score, none]);
  return { context, score: g.op('Pad', [flat, g.op('Concat', [before, after], { axis: 0 })]) };
}

function emptySlots(
  g: GraphBuilder,
  packing: Packing,
  shape: AttentionShape,
  score: Score | null,
): SequenceResult {
  const zero = { value: GraphBuilder.scalarAttribute('float', 0) };
  const context = g.op('ConstantOfShape', [shapeOf(g, [packing.longest, hiddenSize(shape)])], zero);
  return {
    context,
    score: score === null ? null : g.op('ConstantOfShape', [shapeOf(g, [packing.longest])], zero),
  };
}
