// Attention of a whole batch as one rectangle [B, S]: equally long sequences as they are, ragged ones gathered
// into slots and masked. Right for short sequences, where a loop's overhead would show.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import { column, shapeOf, slotNumbers, visibleSlots, type Packing, type PaddedGeometry } from '../packing.ts';
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
  const cpu = shape.kernels.fused === 'cpu';
  if (cpu && score === null) {
    const context = fusedAttention(g, batched(g, rows, packing, shape), packing.longest, shape);
    return { context: flattened(g, context, shape), score: null };
  }
  const { context, probabilities } = cpu
    ? scoredAttention(g, batched(g, rows, packing, shape), shape)
    : standardAttention(g, rows, packing, shape, null);
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
  const visible = visibleSlots(g, packing, geometry.filled); // bool [B, S]
  const gather = (r: Value) => g.op('Gather', [r, geometry.rows], { axis: 0 });
  const slots = { query: gather(rows.query), key: gather(rows.key), value: gather(rows.value) };
  const { context, probabilities } = overVisible(g, slots, packing, visible, shape, score !== null);
  if (score === null || probabilities === null) {
    return { context: silenceOrphans(g, context, packing), score: null };
  }
  // Empty slots and orphans are no queries: a row vector of ones and zeros picks the live ones.
  const queries = g.op('Unsqueeze', [g.op('Cast', [visible], { to: DATA_TYPE.float }), g.int64([1, 2])]); // [B, 1, 1, S]
  const sums = g.op('Squeeze', [g.op('MatMul', [queries, probabilities], {}, 'score'), g.int64([2])]); // [B, H, S]
  return {
    context: silenceOrphans(g, context, packing),
    score: meanOverHeads(g, sums, probabilities, shape, score),
  };
}

/**
 * Attention over every slot of the input rectangle, for dense-padded; on the CPU provider without a mask when
 * nothing is padded. rows: float [B * S, d]. @returns float [B * S, d].
 */
export function maskedAttention(
  g: GraphBuilder,
  rows: Projections,
  packing: Packing,
  padding: InputPadding,
  shape: AttentionShape,
): Value {
  const masked = (on: GraphBuilder) =>
    overVisible(on, rows, packing, padding.filled, shape, false, padding.mask).context;
  if (padding.full === null) return masked(g);
  const branch = (name: string, body: (child: GraphBuilder) => Value) =>
    g.subgraph(name, (child) => {
      child.output(
        child.within(name, () => body(child)),
        'float',
        null,
      );
    });
  const unmasked = (child: GraphBuilder) => uniformAttention(child, rows, packing, shape, null).context;
  const attributes = {
    then_branch: { graph: branch('full', unmasked) },
    else_branch: { graph: branch('masked', masked) },
  };
  return g.op('If', [padding.full], attributes, 'attention');
}

/** What all layers of dense-padded share. */
export interface InputPadding {
  /** bool [B, S]. */
  readonly filled: Value;
  /** bool [], whether nothing is padded; null where nobody asks. */
  readonly full: Value | null;
  /** float [B, 1, S, S], made only when something is padded; null where another form is used. */
  readonly mask: Value | null;
}

/** Made once, before the first layer. */
export function inputPadding(
  g: GraphBuilder,
  packing: Packing,
  filled: Value,
  shape: AttentionShape,
): InputPadding {
  if (shape.kernels.fused !== 'cpu') return { filled, full: null, mask: null };
  const least = g.op('ReduceMin', [g.op('Cast', [filled], { to: DATA_TYPE.int32 })], { keepdims: 0 });
  const full = g.op('Cast', [least], { to: DATA_TYPE.bool }, 'full');
  const none = g.subgraph('none', (child) => {
    child.output(child.op('Identity', [child.float([0])]), 'float', null);
  });
  const needed = g.subgraph('needed', (child) => {
    child.output(keyMask(child, filled, packing), 'float', null);
  });
  const attributes = { then_branch: { graph: none }, else_branch: { graph: needed } };
  return { filled, full, mask: g.op('If', [full], attributes, 'mask') };
}

/**
 * Attention over the visible keys of a rectangle. slots: float [B * S, d]; visible: bool [B, S].
 * @returns context [B * S, d] and, where asked for, probabilities [B, H, S, S].
 */
function overVisible(
  g: GraphBuilder,
  slots: Projections,
  packing: Packing,
  visible: Value,
  shape: AttentionShape,
  scored: boolean,
  knownMask: Value | null = null,
): { context: Value; probabilities: Value | null } {
  const { fused } = shape.kernels;
  if (fused === 'none' || (fused === 'contrib' && scored)) {
    return standardAttention(g, slots, packing, shape, visible);
  }
  const inputs = batched(g, slots, packing, shape);
  if (fused === 'contrib') {
    const attributes = { num_heads: shape.heads, mask_filter_value: { float: MASKED } };
    const mask = g.op('Cast', [visible], { to: DATA_TYPE.int32 });
    const context = g.contrib('MultiHeadAttention', [...inputs, '', mask], attributes);
    return { context: flattened(g, context, shape), probabilities: null };
  }
  const masked = [...inputs, knownMask ?? keyMask(g, visible, packing)];
  if (scored) return scoredAttention(g, masked, shape);
  const context = g.op('Attention', masked, { q_num_heads: shape.heads, kv_num_heads: shape.heads });
  return { context: flattened(g, context, shape), probabilities: null };
}

/** float [B * S, d] each to [B, S, d]. */
function batched(g: GraphBuilder, slots: Projections, packing: Packing, shape: AttentionShape): Value[] {
  const dims = shapeOf(g, [packing.batch, packing.longest, hiddenSize(shape)]);
  return [slots.query, slots.key, slots.value].map((one) => g.op('Reshape', [one, dims]));
}

/** float [B, S, d] to [B * S, d]. */
function flattened(g: GraphBuilder, context: Value, shape: AttentionShape): Value {
  return g.op('Reshape', [context, g.int64([-1, hiddenSize(shape)])]);
}

/** Standard products and softmax, over the visible keys if some are hidden. slots: float [B * S, d]. */
function standardAttention(
  g: GraphBuilder,
  slots: Projections,
  packing: Packing,
  shape: AttentionShape,
  visible: Value | null,
): { context: Value; probabilities: Value } {
  const dims = shapeOf(g, [packing.batch, packing.longest, shape.heads, shape.headSize]);
  const split = (one: Value) => g.op('Reshape', [one, dims]);
  const raw = products(g, split(slots.query), split(slots.key), shape);
  const masked = visible === null ? raw : g.op('Add', [raw, additiveMask(g, visible)], {}, 'masked');
  const probabilities = g.op('Softmax', [masked], { axis: -1 });
  return { context: weighted(g, probabilities, split(slots.value), hiddenSize(shape)), probabilities };
}

/** ONNX's Attention with its probabilities. inputs: float [B, S, d] and perhaps a mask. */
function scoredAttention(
  g: GraphBuilder,
  inputs: readonly Value[],
  shape: AttentionShape,
): { context: Value; probabilities: Value } {
  const { heads } = shape;
  const attributes = { q_num_heads: heads, kv_num_heads: heads, qk_matmul_output_mode: AFTER_SOFTMAX };
  const outputs = g.opsWanted('Attention', inputs, [true, false, false, true], attributes);
  return { context: flattened(g, outputs[0] ?? '', shape), probabilities: outputs[3] ?? '' };
}

/** ONNX Attention's qk_matmul_output_mode. */
const AFTER_SOFTMAX = 3;

/** bool [B, S] to float [B, 1, 1, S]. */
function additiveMask(g: GraphBuilder, visible: Value): Value {
  return g.op(
    'Unsqueeze',
    [g.op('Where', [visible, g.float(0), g.float(MASKED)]), g.int64([1, 2])],
    {},
    'mask',
  );
}

/** float [B, 1, S, S]: ONNX Runtime 1.30 wants the query axis in full. */
function keyMask(g: GraphBuilder, visible: Value, packing: Packing): Value {
  const full = shapeOf(g, [packing.batch, 1, packing.longest, packing.longest]);
  return g.op('Expand', [additiveMask(g, visible), full], {}, 'mask');
}

/** query, key: float [B, S, H, dh]. @returns scaled products [B, H, S, S]. */
function products(g: GraphBuilder, query: Value, key: Value, shape: AttentionShape): Value {
  const scaled = g.op('Mul', [query, g.float(1 / Math.sqrt(shape.headSize))]);
  const q = g.op('Transpose', [scaled], { perm: [0, 2, 1, 3] });
  return g.op('MatMul', [q, g.op('Transpose', [key], { perm: [0, 2, 3, 1] })], {}, 'attention_scores');
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

/** Sets the context of orphaned rows to 0. context: float [B * S, d]. */
function silenceOrphans(g: GraphBuilder, context: Value, packing: Packing): Value {
  if (packing.orphans === null) return context;
  const first = g.op('Cast', [g.op('Equal', [slotNumbers(g, packing), g.int64([0])])], {
    to: DATA_TYPE.float,
  }); // [1, S]
  const silent = g.op('Mul', [first, column(g, packing.orphans)]); // [B, S]
  const factor = g.op('Reshape', [g.op('Sub', [g.float(1), silent]), g.int64([-1, 1])]);
  return g.op('Mul', [context, factor]);
}
