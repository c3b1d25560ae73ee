// Attention of a whole batch as one rectangle [B, S]: equally long sequences as they are, ragged ones gathered
// into slots and masked. Right for short sequences, where a loop's overhead would show.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { column, shapeOf, type Packing, type PaddedGeometry } from '../packing.ts';
import { hiddenSize, MASKED, type AttentionShape, type Projections, type Score } from './kernels.ts';
import { fusedAttention } from './sequence.ts';

export interface RectangleResult {
  /** float [B * S, d], in slots. */
  readonly context: Value;
  /** float [B, S], mean over live tokens 1; empty slots hold anything. Null if not asked for. */
  readonly score: Value | null;
}

/** All sequences equally long: slots are rows. */
export function uniformAttention(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  shape: AttentionShape,
  score: Score | null,
): RectangleResult {
  const hidden = hiddenSize(shape);
  if (score === null && shape.kernels.fused) {
    const dims = shapeOf(g, [packing.batch, packing.longest, hidden]);
    const batched = [rows.query, rows.key, rows.value].map((r) => g.op('Reshape', [r, dims]));
    const context = fusedAttention(g, batched, packing.longest, shape);
    return { context: g.op('Reshape', [context, g.int64([-1, hidden])]), score: null };
  }
  const dims = shapeOf(g, [packing.batch, packing.longest, shape.heads, shape.headSize]);
  const split = (r: Value) => g.op('Reshape', [r, dims]);
  const probabilities = g.op('Softmax', [products(g, split(rows.query), split(rows.key), shape)], { axis: -1 });
  const context = weighted(g, probabilities, split(rows.value), hidden);
  if (score === null) return { context, score: null };
  const sums = g.op('ReduceSum', [probabilities, g.int64([2])], { keepdims: 0 }, 'score'); // [B, H, S]
  return { context, score: meanOverHeads(g, sums, probabilities, shape, score) };
}

/** Ragged sequences side by side. */
export function paddedAttention(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  geometry: PaddedGeometry,
  shape: AttentionShape,
  score: Score | null,
): RectangleResult {
  const dims = shapeOf(g, [packing.batch, packing.longest, shape.heads, shape.headSize]);
  const split = (r: Value) => g.op('Reshape', [g.op('Gather', [r, geometry.rows], { axis: 0 }), dims]);
  const visible = visibleSlots(g, packing, geometry); // bool [B, S]
  const raw = products(g, split(rows.query), split(rows.key), shape);
  const probabilities = softmaxOver(g, raw, visible);
  const context = weighted(g, probabilities, split(rows.value), hiddenSize(shape));
  if (score === null) return { context: silenceOrphans(g, context, packing), score: null };
  // Empty slots and orphans are no queries: a row vector of ones and zeros picks the live ones.
  const queries = g.op('Unsqueeze', [g.op('Cast', [visible], { to: 1 }), g.int64([1, 2])]); // [B, 1, 1, S]
  const sums = g.op('Squeeze', [g.op('MatMul', [queries, probabilities], {}, 'score'), g.int64([2])]); // [B, H, S]
  return {
    context: silenceOrphans(g, context, packing),
    score: meanOverHeads(g, sums, probabilities, shape, score),
  };
}

/**
 * Attention over every slot of the input rectangle, for dense-padded; without a mask when nothing is padded.
 * rows: float [B * S, d]; filled: bool [B, S]. @returns float [B * S, d].
 */
export function maskedAttention(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  filled: Value,
  shape: AttentionShape,
): Value {
  const hidden = hiddenSize(shape);
  if (!shape.kernels.fused) {
    const dims = shapeOf(g, [packing.batch, packing.longest, shape.heads, shape.headSize]);
    const split = (r: Value) => g.op('Reshape', [r, dims]);
    const raw = products(g, split(rows.query), split(rows.key), shape);
    return weighted(g, softmaxOver(g, raw, filled), split(rows.value), hidden);
  }
  const dims = shapeOf(g, [packing.batch, packing.longest, hidden]);
  const least = g.op('ReduceMin', [g.op('Cast', [filled], { to: 6 })], { keepdims: 0 });
  const full = g.op('Cast', [least], { to: 9 }, 'full');
  const branch = (name: string, body: (child: GraphBuilder, batched: readonly Value[]) => Value) =>
    g.subgraph(name, (child) => {
      const batched = [rows.query, rows.key, rows.value].map((r) => child.op('Reshape', [r, dims]));
      child.output(child.op('Reshape', [body(child, batched), child.int64([-1, hidden])]), 'float', null);
    });
  const unmasked = branch('full', (child, batched) => fusedAttention(child, batched, packing.longest, shape));
  const masked = branch('masked', (child, batched) => {
    const mask = child.op('Cast', [filled], { to: 6 });
    return child.contrib('MultiHeadAttention', [...batched, '', mask], { num_heads: shape.heads });
  });
  return g.op('If', [full], { then_branch: { graph: unmasked }, else_branch: { graph: masked } }, 'attention');
}

/** query, key: float [B, S, H, dh]. @returns scaled products [B, H, S, S]. */
function products(g: GraphBuilder, query: Value, key: Value, shape: AttentionShape): Value {
  const scale = 1 / Math.sqrt(shape.headSize);
  if (shape.kernels.fused) {
    const [q = '', k = ''] = [query, key].map((t) => g.op('Transpose', [t], { perm: [0, 2, 1, 3] }));
    return g.contrib('FusedMatMul', [q, k], { transB: 1, alpha: { float: scale } }, 'attention_scores');
  }
  const q = g.op('Transpose', [g.op('Mul', [query, g.float(scale)])], { perm: [0, 2, 1, 3] });
  return g.op('MatMul', [q, g.op('Transpose', [key], { perm: [0, 2, 3, 1] })], {}, 'attention_scores');
}

/** Softmax of [B, H, S, S] over the visible keys; visible: bool [B, S]. */
function softmaxOver(g: GraphBuilder, raw: Value, visible: Value): Value {
  const mask = g.op('Unsqueeze', [g.op('Where', [visible, g.float(0), g.float(MASKED)]), g.int64([1, 2])]);
  return g.op('Softmax', [g.op('Add', [raw, mask], {}, 'masked')], { axis: -1 });
}

/** probabilities [B, H, S, S] x value [B, S, H, dh]. @returns [B * S, d]. */
function weighted(g: GraphBuilder, probabilities: Value, value: Value, hidden: number): Value {
  const v = g.op('Transpose', [value], { perm: [0, 2, 1, 3] });
  const product = g.op('MatMul', [probabilities, v], {}, 'attention_context');
  const merged = g.op('Transpose', [product], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [merged, g.int64([-1, hidden])]);
}

/** Column sums [B, H, S] to [B, S]. */
function meanOverHeads(
  g: GraphBuilder,
  sums: Value,
  probabilities: Value,
  shape: AttentionShape,
  score: Score,
): Value {
  const received = g.op('ReduceMean', [sums, g.int64([1])], { keepdims: 0 });
  if (score === 'received-attention') return received;
  const self = g.op('Einsum', [probabilities], { equation: 'bhii->bi' });
  return g.op('Sub', [received, g.op('Mul', [self, g.float(1 / shape.heads)])]);
}

/** bool [B, S]: filled and not an orphan. */
function visibleSlots(g: GraphBuilder, packing: Packing, geometry: PaddedGeometry): Value {
  if (packing.orphans === null) return geometry.filled;
  const first = g.op('Equal', [slotNumbers(g, packing), g.int64([0])]); // [1, S]
  const orphan = g.op('And', [first, column(g, g.op('Cast', [packing.orphans], { to: 9 }))]); // [B, S]
  return g.op('And', [geometry.filled, g.op('Not', [orphan])]);
}

function slotNumbers(g: GraphBuilder, packing: Packing): Value {
  return g.op('Unsqueeze', [g.op('Range', [g.int64(0), packing.longest, g.int64(1)]), g.int64([0])]);
}

/** Sets the context of orphaned rows to 0. context: float [B * S, d]. */
function silenceOrphans(g: GraphBuilder, context: Value, packing: Packing): Value {
  if (packing.orphans === null) return context;
  const first = g.op('Cast', [g.op('Equal', [slotNumbers(g, packing), g.int64([0])])], { to: 1 }); // [1, S]
  const silent = g.op('Mul', [first, column(g, packing.orphans)]); // [B, S]
  const factor = g.op('Reshape', [g.op('Sub', [g.float(1), silent]), g.int64([-1, 1])]);
  return g.op('Mul', [context, factor]);
}
