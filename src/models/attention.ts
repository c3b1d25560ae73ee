// Self-attention over packed rows, chosen at run time by the shape of the batch:
//   direct  all sequences equally long: rows reshape to [B, S, d], no mask;
//   padded  short ragged sequences: rows are gathered into [B, S, d] and masked;
//   loop    long sequences: one at a time, so no padding is computed and the [H, n, n] probabilities of one
//           sequence stay in cache (at 8 x 256 tokens this took two thirds of the batched product's time).
// Only the result's geometry is common: with a score, slots [B * longest, d]; without, packed rows [T, d].
import type { GraphBuilder, Value } from '../onnx/builder.ts';
import { column, filledSlots, paddedGeometry, shapeOf, type Packing, type PaddedGeometry } from './packing.ts';

/** How a method scores tokens from attention probabilities; null: it does not. */
export type Score = 'received-attention' | 'received-attention-minus-self';

export interface AttentionShape {
  readonly heads: number;
  readonly headSize: number;
}

export interface AttentionRequest extends AttentionShape {
  /** float [T, d] each. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly packing: Packing;
  /** Present when the caller has computed it already. */
  readonly geometry: PaddedGeometry | null;
  readonly score: Score | null;
  readonly kernels: AttentionKernels;
}

export interface AttentionKernels {
  /** Whether ONNX Runtime's fused operators may be used. */
  readonly fused: boolean;
  /** Longest sequence that is still batched; above it sequences are looped over. */
  readonly loopAbove: number;
  /** Whether If and Loop may choose at run time; otherwise always `padded`. */
  readonly adaptive: boolean;
}

export interface AttentionResult {
  /** float [B * longest, d] in slots when scored, else [T, d] in rows. */
  readonly context: Value;
  /** float [B, longest], mean over live tokens 1; null when not asked for. Empty slots hold anything. */
  readonly score: Value | null;
}

/** Probability of a masked key: exp(x - max) underflows to exactly 0, and a fully masked row stays finite. */
const MASKED = -1e9;

/** Fused attention without a mask: up to this length the standard operator is faster, above ONNX Runtime's flash kernel. */
const FLASH_ABOVE = 192;

export function attention(g: GraphBuilder, request: AttentionRequest): AttentionResult {
  const { packing, kernels } = request;
  if (!kernels.adaptive) return padded(g, request);
  const short = g.op('LessOrEqual', [packing.longest, g.int64(kernels.loopAbove)], {}, 'short');
  const single = g.op('Equal', [packing.batch, g.int64(1)], {}, 'single');
  const direct = g.op('And', [packing.uniform, g.op('Or', [short, single])], {}, 'direct');
  return choose(g, request, direct, uniform, (inner) => choose(inner, request, short, padded, loop));
}

type Branch = (g: GraphBuilder, request: AttentionRequest) => AttentionResult;

/** If(condition) then else, with one or two outputs. */
function choose(
  g: GraphBuilder,
  request: AttentionRequest,
  condition: Value,
  then: Branch,
  otherwise: Branch,
): AttentionResult {
  const branch = (name: string, body: Branch) =>
    g.subgraph(name, (child) => {
      const result = child.within(name, () => body(child, request));
      child.output(result.context, 'float', null);
      if (result.score !== null) child.output(result.score, 'float', null);
    });
  const outputs = g.ops(
    'If',
    [condition],
    request.score === null ? 1 : 2,
    { then_branch: { graph: branch('then', then) }, else_branch: { graph: branch('else', otherwise) } },
    'attention',
  );
  return { context: outputs[0] as Value, score: outputs[1] ?? null }; // at least one output was asked for
}

/** All sequences equally long. */
function uniform(g: GraphBuilder, request: AttentionRequest): AttentionResult {
  const { packing, heads, headSize } = request;
  const hidden = heads * headSize;
  if (request.score === null && request.kernels.fused) {
    const shape = shapeOf(g, [packing.batch, packing.longest, hidden]);
    const batched = [request.query, request.key, request.value].map((rows) => g.op('Reshape', [rows, shape]));
    const context = fused(g, batched, packing.longest, request);
    return { context: g.op('Reshape', [context, g.int64([-1, hidden])]), score: null };
  }
  const shape = shapeOf(g, [packing.batch, packing.longest, heads, headSize]);
  const split = (rows: Value) => g.op('Reshape', [rows, shape]);
  const probabilities = softmax(g, scores(g, split(request.query), split(request.key), headSize));
  const context = weigh(g, probabilities, split(request.value), hidden);
  if (request.score === null) return { context, score: null };
  const sums = g.op('ReduceSum', [probabilities, g.int64([2])], { keepdims: 0 }, 'score'); // [B, H, S]
  return { context, score: finish(g, sums, probabilities, request) };
}

/** Fused attention without a mask. `batched` are query, key, value as float [B, S, d]. @returns [B, S, d]. */
export function fused(
  g: GraphBuilder,
  batched: readonly Value[],
  length: Value,
  shape: AttentionShape,
): Value {
  const heads = shape.heads;
  const short = g.op('LessOrEqual', [length, g.int64(FLASH_ABOVE)], {}, 'short');
  const standard = g.subgraph('standard', (child) => {
    const result = child.op('Attention', batched, { q_num_heads: heads, kv_num_heads: heads });
    child.output(result, 'float', null);
  });
  const flash = g.subgraph('flash', (child) => {
    const result = child.contrib('MultiHeadAttention', batched, { num_heads: heads });
    child.output(result, 'float', null);
  });
  return g.op('If', [short], { then_branch: { graph: standard }, else_branch: { graph: flash } }, 'kernel');
}

/**
 * Attention over every slot of a rectangle with padding in it, for dense-padded.
 * query, key, value: float [B * S, d]; filled: bool [B, S]. @returns float [B * S, d].
 */
export function maskedAttention(
  g: GraphBuilder,
  request: AttentionShape & Pick<AttentionRequest, 'query' | 'key' | 'value' | 'packing' | 'kernels'>,
  filled: Value,
): Value {
  const { packing, heads, headSize, kernels } = request;
  const hidden = heads * headSize;
  const rows = [request.query, request.key, request.value];
  if (!kernels.fused) {
    const shape = shapeOf(g, [packing.batch, packing.longest, heads, headSize]);
    const [query = '', key = '', value = ''] = rows.map((r) => g.op('Reshape', [r, shape]));
    return weigh(g, softmax(g, g.op('Add', [scores(g, query, key, headSize), additiveMask(g, filled)])), value, hidden);
  }
  const shape = shapeOf(g, [packing.batch, packing.longest, hidden]);
  const full = g.op('Cast', [g.op('ReduceMin', [g.op('Cast', [filled], { to: 6 })], { keepdims: 0 })], { to: 9 }, 'full');
  const branch = (name: string, mask: boolean) =>
    g.subgraph(name, (child) => {
      const batched = rows.map((r) => child.op('Reshape', [r, shape]));
      const keys = mask ? [...batched, '', child.op('Cast', [filled], { to: 6 })] : batched;
      const result = mask
        ? child.contrib('MultiHeadAttention', keys, { num_heads: heads })
        : fused(child, keys, packing.longest, request);
      child.output(child.op('Reshape', [result, child.int64([-1, hidden])]), 'float', null);
    });
  return g.op(
    'If',
    [full],
    { then_branch: { graph: branch('full', false) }, else_branch: { graph: branch('masked', true) } },
    'attention',
  );
}

/** bool [B, S] to float [B, 1, 1, S]. */
function additiveMask(g: GraphBuilder, visible: Value): Value {
  return g.op('Unsqueeze', [g.op('Where', [visible, g.float(0), g.float(MASKED)]), g.int64([1, 2])], {}, 'mask');
}

/** Ragged sequences side by side in one rectangle. */
function padded(g: GraphBuilder, request: AttentionRequest): AttentionResult {
  const { packing, heads, headSize } = request;
  const geometry = request.geometry ?? paddedGeometry(g, packing);
  const shape = shapeOf(g, [packing.batch, packing.longest, heads, headSize]);
  const split = (rows: Value) => g.op('Reshape', [g.op('Gather', [rows, geometry.rows]), shape]);
  const visible = visibleSlots(g, packing, geometry); // bool [B, S]
  const raw = scores(g, split(request.query), split(request.key), headSize);
  const probabilities = softmax(g, g.op('Add', [raw, additiveMask(g, visible)], {}, 'masked'));
  const context = weigh(g, probabilities, split(request.value), heads * headSize);
  if (request.score === null) {
    const slots = filledSlots(g, geometry.filled, packing.longest);
    return { context: g.op('Gather', [context, slots]), score: null };
  }
  // Empty slots and orphans are no queries: a row vector of ones and zeros picks the live ones.
  const queries = g.op('Unsqueeze', [g.op('Cast', [visible], { to: 1 }), g.int64([1, 2])]); // [B, 1, 1, S]
  const sums = g.op('MatMul', [queries, probabilities], {}, 'score'); // [B, H, 1, S]
  const squeezed = g.op('Squeeze', [sums, g.int64([2])]);
  return { context: silenceOrphans(g, context, request), score: finish(g, squeezed, probabilities, request) };
}

/** Sequences one after the other. */
function loop(g: GraphBuilder, request: AttentionRequest): AttentionResult {
  const { packing, heads, headSize, score } = request;
  const split = (rows: Value) =>
    g.op('Transpose', [g.op('Reshape', [rows, g.int64([-1, heads, headSize])])], { perm: [1, 0, 2] }); // [H, T, dh]
  const query = split(request.query);
  const key = split(request.key);
  const value = split(request.value);
  const body = g.subgraph('sequence', (child) => {
    const index = child.input('sequence_index_' + query, 'int64', []);
    child.input('sequence_on_' + query, 'bool', []);
    child.output(child.bool(true), 'bool', [], 'sequence_go_' + query);
    const one = oneSequence(child, request, { query, key, value }, index);
    child.output(one.context, 'float', null);
    if (one.score !== null) child.output(one.score, 'float', null);
  });
  const outputs = g.ops('Loop', [packing.batch, ''], score === null ? 1 : 2, { body: { graph: body } }, 'sequences');
  const context = g.op('Reshape', [outputs[0] as Value, g.int64([-1, heads * headSize])]); // [B * S, d]
  if (score === null) {
    const geometry = request.geometry ?? paddedGeometry(g, packing);
    return { context: g.op('Gather', [context, filledSlots(g, geometry.filled, packing.longest)]), score: null };
  }
  return { context, score: outputs[1] as Value }; // two outputs were asked for
}

/** @returns context float [longest, d] and score float [longest], both filled up with zeros. */
function oneSequence(
  g: GraphBuilder,
  request: AttentionRequest,
  rows: { query: Value; key: Value; value: Value },
  index: Value,
): AttentionResult {
  const { packing, heads, headSize } = request;
  const at = g.op('Reshape', [index, g.int64([1])]);
  const count = g.op('Gather', [packing.counts, at]);
  const first = g.op('Gather', [packing.starts, at]);
  const end = g.op('Add', [first, count]);
  const dead = packing.orphans === null ? null : g.op('Cast', [g.op('Gather', [packing.orphans, at])], { to: 7 });
  const start = dead === null ? first : g.op('Add', [first, dead]);
  const slice = (tensor: Value) => g.op('Slice', [tensor, start, end, g.int64([1])]);
  const scale = g.float(1 / Math.sqrt(headSize));
  const keys = g.op('Transpose', [slice(rows.key)], { perm: [0, 2, 1] });
  const raw = g.op('MatMul', [g.op('Mul', [slice(rows.query), scale]), keys], {}, 'attention_scores');
  const probabilities = softmax(g, raw); // [H, n, n]
  const product = g.op('MatMul', [probabilities, slice(rows.value)], {}, 'attention_context'); // [H, n, dh]
  const merged = g.op('Transpose', [product], { perm: [1, 0, 2] });
  const context = g.op('Reshape', [merged, g.int64([0, heads * headSize])]); // [n, d]
  const before = dead ?? g.int64([0]);
  const after = g.op('Sub', [g.op('Reshape', [packing.longest, g.int64([1])]), count]);
  const none = g.int64([0]);
  const fill = g.op('Pad', [context, g.op('Concat', [before, none, after, none], { axis: 0 })]);
  if (request.score === null) return { context: fill, score: null };
  const sums = g.op('ReduceSum', [probabilities, g.int64([1])], { keepdims: 0 }, 'score'); // [H, n]
  const batched = g.op('Unsqueeze', [sums, none]);
  const score = finish(g, batched, g.op('Unsqueeze', [probabilities, none]), request); // [1, n]
  const flat = g.op('Squeeze', [score, none]);
  return { context: fill, score: g.op('Pad', [flat, g.op('Concat', [before, after], { axis: 0 })]) };
}

/** Scaled products. query, key: float [B, S, H, dh]. @returns [B, H, S, S]. */
function scores(g: GraphBuilder, query: Value, key: Value, headSize: number): Value {
  const scaled = g.op('Mul', [query, g.float(1 / Math.sqrt(headSize))]);
  const q = g.op('Transpose', [scaled], { perm: [0, 2, 1, 3] });
  const k = g.op('Transpose', [key], { perm: [0, 2, 3, 1] });
  return g.op('MatMul', [q, k], {}, 'attention_scores');
}

function softmax(g: GraphBuilder, raw: Value): Value {
  return g.op('Softmax', [raw], { axis: -1 });
}

/** probabilities [B, H, S, S] x value [B, S, H, dh]. @returns [B * S, d]. */
function weigh(g: GraphBuilder, probabilities: Value, value: Value, hidden: number): Value {
  const v = g.op('Transpose', [value], { perm: [0, 2, 1, 3] });
  const product = g.op('MatMul', [probabilities, v], {}, 'attention_context');
  const merged = g.op('Transpose', [product], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [merged, g.int64([-1, hidden])]);
}

/** sums over queries [B, H, S] to the mean over heads [B, S]. */
function finish(g: GraphBuilder, sums: Value, probabilities: Value, request: AttentionRequest): Value {
  const overHeads = g.op('ReduceSum', [sums, g.int64([1])], { keepdims: 0 });
  const share = g.float(1 / request.heads);
  if (request.score !== 'received-attention-minus-self') return g.op('Mul', [overHeads, share]);
  const self = g.op('Einsum', [probabilities], { equation: 'bhii->bi' });
  return g.op('Mul', [g.op('Sub', [overHeads, self]), share]);
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
function silenceOrphans(g: GraphBuilder, context: Value, request: AttentionRequest): Value {
  const { packing } = request;
  if (packing.orphans === null) return context;
  const first = g.op('Cast', [g.op('Equal', [slotNumbers(g, packing), g.int64([0])])], { to: 1 }); // [1, S]
  const silent = g.op('Mul', [first, column(g, packing.orphans)]); // [B, S]
  const factor = g.op('Reshape', [g.op('Sub', [g.float(1), silent]), g.int64([-1, 1])]);
  return g.op('Mul', [context, factor]);
}

