// Attention of one sequence: no padding, no mask. With a score, long sequences go head by head, so that the
// [n, n] probabilities of a head are summed and used while they are in cache: at 512 tokens of MiniLM the score
// then costs 8 % of attention instead of 60 %.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { hiddenSize, type AttentionShape, type Projections, type Score } from './kernels.ts';

export interface SequenceResult {
  /** float [n, d]. */
  readonly context: Value;
  /** float [1, n], mean 1; null if not asked for. */
  readonly score: Value | null;
}

/** @param rows float [n, d] each. @param length int64 [], n. */
export function sequenceAttention(
  g: GraphBuilder,
  rows: Projections,
  length: Value,
  shape: AttentionShape,
  score: Score | null,
): SequenceResult {
  if (score === null) return { context: unscored(g, rows, length, shape), score: null };
  const { kernels } = shape;
  if (kernels.fused !== 'cpu') return allHeads(g, rows, shape, score);
  const short = g.op('LessOrEqual', [length, g.int64(kernels.headsAbove)], {}, 'short');
  const branch = (name: string, body: typeof allHeads) =>
    g.subgraph(name, (child) => {
      const result = body(child, rows, shape, score);
      child.output(result.context, 'float', null);
      child.output(result.score ?? '', 'float', null);
    });
  const attributes = {
    then_branch: { graph: branch('all_heads', allHeads) },
    else_branch: { graph: branch('head_by_head', headByHead) },
  };
  const [context = '', received = ''] = g.ops('If', [short], 2, attributes, 'heads');
  return { context, score: received };
}

/** [n, d] to [n, H, dh]. */
function split(g: GraphBuilder, rows: Value, shape: AttentionShape): Value {
  return g.op('Reshape', [rows, g.int64([-1, shape.heads, shape.headSize])]);
}

function unscored(g: GraphBuilder, rows: Projections, length: Value, shape: AttentionShape): Value {
  const hidden = hiddenSize(shape);
  if (shape.kernels.fused !== 'cpu') return allHeads(g, rows, shape, null).context;
  const batched = [rows.query, rows.key, rows.value].map((r) =>
    g.op('Reshape', [r, g.int64([1, -1, hidden])]),
  );
  return g.op('Reshape', [fusedAttention(g, batched, length, shape), g.int64([-1, hidden])]);
}

/** Fused attention without a mask. `batched` are query, key, value as float [B, S, d]. @returns [B, S, d]. */
export function fusedAttention(
  g: GraphBuilder,
  batched: readonly Value[],
  length: Value,
  shape: AttentionShape,
): Value {
  const heads = shape.heads;
  const short = g.op('LessOrEqual', [length, g.int64(shape.kernels.flashAbove)], {}, 'short');
  const standard = g.subgraph('standard', (child) => {
    child.output(child.op('Attention', batched, { q_num_heads: heads, kv_num_heads: heads }), 'float', null);
  });
  const flash = g.subgraph('flash', (child) => {
    child.output(child.contrib('MultiHeadAttention', batched, { num_heads: heads }), 'float', null);
  });
  return g.op('If', [short], { then_branch: { graph: standard }, else_branch: { graph: flash } }, 'kernel');
}

function allHeads(
  g: GraphBuilder,
  rows: Projections,
  shape: AttentionShape,
  score: Score | null,
): SequenceResult {
  const query = split(g, rows.query, shape);
  const key = split(g, rows.key, shape);
  const value = split(g, rows.value, shape);
  const probabilities = g.op('Softmax', [products(g, query, key, shape)], { axis: -1 }); // [H, n, n]
  const context = merge(g, weighted(g, probabilities, value, shape), shape);
  if (score === null) return { context, score: null };
  const sums = g.op('ReduceSum', [probabilities, g.int64([1])], { keepdims: 0 }, 'score'); // [H, n]
  const received = g.op('ReduceMean', [sums, g.int64([0])], { keepdims: 1 }); // [1, n]
  if (score === 'received-attention') return { context, score: received };
  const self = g.op('Einsum', [probabilities], { equation: 'hii->i' });
  return { context, score: g.op('Sub', [received, g.op('Mul', [self, g.float(1 / shape.heads)])]) };
}

/** query, key: float [n, H, dh]. @returns scaled products [H, n, n]. */
function products(g: GraphBuilder, query: Value, key: Value, shape: AttentionShape): Value {
  const scale = 1 / Math.sqrt(shape.headSize);
  if (shape.kernels.fused === 'cpu') {
    const attributes = { transBatchA: 1, transBatchB: 1, transB: 1, alpha: { float: scale } };
    return g.contrib('FusedMatMul', [query, key], attributes, 'attention_scores');
  }
  const q = g.op('Transpose', [g.op('Mul', [query, g.float(scale)])], { perm: [1, 0, 2] });
  return g.op('MatMul', [q, g.op('Transpose', [key], { perm: [1, 2, 0] })], {}, 'attention_scores');
}

/** probabilities [H, n, n] x value [n, H, dh]. @returns [H, n, dh]. */
function weighted(g: GraphBuilder, probabilities: Value, value: Value, shape: AttentionShape): Value {
  if (shape.kernels.fused === 'cpu') {
    return g.contrib('FusedMatMul', [probabilities, value], { transBatchB: 1 }, 'attention_context');
  }
  const v = g.op('Transpose', [value], { perm: [1, 0, 2] });
  return g.op('MatMul', [probabilities, v], {}, 'attention_context');
}

/** [H, n, dh] to [n, d]. */
function merge(g: GraphBuilder, context: Value, shape: AttentionShape): Value {
  const merged = g.op('Transpose', [context], { perm: [1, 0, 2] });
  return g.op('Reshape', [merged, g.int64([-1, hiddenSize(shape)])]);
}

function headByHead(
  g: GraphBuilder,
  rows: Projections,
  shape: AttentionShape,
  score: Score | null,
): SequenceResult {
  const byHead = (r: Value) => g.op('Transpose', [split(g, r, shape)], { perm: [1, 0, 2] }); // [H, n, dh]
  const heads = { query: byHead(rows.query), key: byHead(rows.key), value: byHead(rows.value) };
  const length = g.op('Shape', [rows.query], { start: 0, end: 1 });
  const ones = g.op('Expand', [g.float([1]), g.op('Concat', [g.int64([1]), length], { axis: 0 })]); // [1, n]
  const body = g.subgraph('head', (child) => oneHead(child, heads, ones, shape, score));
  const [contexts = '', received = ''] = g.ops(
    'Loop',
    [g.int64(shape.heads), ''],
    2,
    { body: { graph: body } },
    'heads',
  );
  const mean = g.op('ReduceMean', [received, g.int64([0])], { keepdims: 0 }); // [H, 1, n] to [1, n]
  return { context: merge(g, contexts, shape), score: mean };
}

/** The body of the loop over heads: context [n, dh] and score [1, n] of one head. */
function oneHead(
  g: GraphBuilder,
  heads: Projections,
  ones: Value,
  shape: AttentionShape,
  score: Score | null,
): void {
  const head = g.input(g.unique('head'), 'int64', []);
  g.input(g.unique('go_in'), 'bool', []);
  g.output(g.op('Identity', [g.bool(true)]), 'bool', []);
  const pick = (tensor: Value) => g.op('Gather', [tensor, head], { axis: 0 }); // [n, dh]
  const attributes = { transB: 1, alpha: { float: 1 / Math.sqrt(shape.headSize) } };
  const raw = g.contrib('FusedMatMul', [pick(heads.query), pick(heads.key)], attributes, 'attention_scores');
  const probabilities = g.op('Softmax', [raw], { axis: -1 }); // [n, n]
  g.output(g.op('MatMul', [probabilities, pick(heads.value)], {}, 'attention_context'), 'float', null);
  const sums = g.op('MatMul', [ones, probabilities], {}, 'score');
  if (score === 'received-attention-minus-self') {
    const self = g.op('Unsqueeze', [g.op('Einsum', [probabilities], { equation: 'ii->i' }), g.int64([0])]);
    g.output(g.op('Sub', [sums, self]), 'float', null);
  } else {
    g.output(sums, 'float', null);
  }
}
