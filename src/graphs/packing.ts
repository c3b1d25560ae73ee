// Where the live tokens of a batch lie. Rows of all sequences stand one after the other, without padding:
// `counts[b]` rows from `starts[b]` on. The *padded geometry* is the rectangle [B, longest] in which slot
// (b, s) is the s-th live token of sequence b; only the attention product needs it.
import { GraphBuilder, type Value } from '../onnx/builder.ts';
import { DATA_TYPE } from '../onnx/proto.ts';

export interface Packing {
  /** int64 [], number of sequences B. */
  readonly batch: Value;
  /** int64 [B], rows of each sequence. */
  readonly counts: Value;
  /** int64 [B], first row of each sequence. */
  readonly starts: Value;
  /** int64 [], the largest count. */
  readonly longest: Value;
  /** bool [], whether all counts are equal and none is an orphan: packed rows reshape to [B, longest, d]. */
  readonly uniform: Value;
  /** bool [], whether there is one sequence only, without orphan. */
  readonly single: Value;
  /**
   * float [B], 1 where row 0 of the sequence is an orphaned [CLS]: pruned, invisible to attention, yet carried
   * through the feed-forward because the head reads it. Null for methods that protect [CLS].
   */
  readonly orphans: Value | null;
}

/** The rectangle's view of packed rows. */
export interface PaddedGeometry {
  /** int64 [B * longest], the row each slot reads; empty slots read some live row and must be masked. */
  readonly rows: Value;
  /** bool [B, longest], false in empty slots. */
  readonly filled: Value;
}

export function createPacking(g: GraphBuilder, batch: Value, counts: Value, orphans: Value | null): Packing {
  const starts = g.op('CumSum', [counts, g.int64(0)], { exclusive: 1 }, 'starts');
  const longest = g.op('ReduceMax', [counts], { keepdims: 0 }, 'longest');
  const shortest = g.op('ReduceMin', [counts], { keepdims: 0 }, 'shortest');
  const equal = g.op('Equal', [longest, shortest], {}, 'uniform');
  const alone = g.op('Equal', [batch, g.int64(1)], {}, 'single');
  const shared = { batch, counts, starts, longest, orphans };
  if (orphans === null) return { ...shared, uniform: equal, single: alone };
  const whole = g.op('Equal', [g.op('ReduceMax', [orphans], { keepdims: 0 }), g.float(0)]);
  return { ...shared, uniform: g.op('And', [equal, whole]), single: g.op('And', [alone, whole]) };
}

export function paddedGeometry(g: GraphBuilder, packing: Packing): PaddedGeometry {
  const slots = slotNumbers(g, packing); // [1, S]
  const counts = column(g, packing.counts); // [B, 1]
  const filled = g.op('Less', [slots, counts], {}, 'filled'); // [B, S]
  // An empty slot reads the last live row of its sequence, which always exists.
  const last = g.op('Sub', [counts, g.int64([1])]);
  const within = g.op('Min', [slots, last]);
  const rows = g.op('Add', [column(g, packing.starts), within]);
  return { rows: g.op('Reshape', [rows, g.int64([-1])], {}, 'rows'), filled };
}

/** int64 [B]: tokens alive; an orphan is a row but no token. */
export function aliveCounts(g: GraphBuilder, packing: Packing): Value {
  if (packing.orphans === null) return packing.counts;
  return g.op('Sub', [packing.counts, orphanCounts(g, packing)], {}, 'tokens');
}

/** int64 [B]: 1 where [CLS] is an orphan. */
export function orphanCounts(g: GraphBuilder, packing: Packing): Value {
  if (packing.orphans !== null) return g.op('Cast', [packing.orphans], { to: DATA_TYPE.int64 });
  return g.op('ConstantOfShape', [g.op('Shape', [packing.counts])], {
    value: GraphBuilder.scalarAttribute('int64', 0),
  });
}

/** bool [B, longest]: filled and not an orphan. */
export function visibleSlots(g: GraphBuilder, packing: Packing, filled: Value): Value {
  if (packing.orphans === null) return filled;
  const first = g.op('Equal', [slotNumbers(g, packing), g.int64([0])]); // [1, S]
  const orphan = g.op('And', [first, column(g, g.op('Cast', [packing.orphans], { to: DATA_TYPE.bool }))]); // [B, S]
  return g.op('And', [filled, g.op('Not', [orphan])]);
}

/**
 * From one value a row, [T] of any type, to slots, [B, longest]. Empty slots hold the value of some live row of their
 * sequence. @param geometry null when every slot is filled, so that slots are rows.
 */
export function inSlots(
  g: GraphBuilder,
  packing: Packing,
  geometry: PaddedGeometry | null,
  perRow: Value,
): Value {
  const slots = geometry === null ? perRow : g.op('Gather', [perRow, geometry.rows], { axis: 0 });
  return g.op('Reshape', [slots, shapeOf(g, [packing.batch, packing.longest])], {}, 'in_slots');
}

/** int64 [T], the slot b * longest + s of every live row, in row order. `filled` is bool [B, longest]. */
export function filledSlots(g: GraphBuilder, filled: Value, longest: Value): Value {
  const { sequence, slot } = positions(g, filled);
  return g.op('Add', [g.op('Mul', [sequence, longest]), slot], {}, 'live_slots');
}

/** The coordinates of the true entries of bool [B, S], in row-major order: so original order is kept. */
export function positions(g: GraphBuilder, mask: Value): { sequence: Value; slot: Value } {
  const found = g.op('NonZero', [mask], {}, 'alive'); // [2, T]
  return {
    sequence: g.op('Gather', [found, g.int64(0)], { axis: 0 }, 'sequence'),
    slot: g.op('Gather', [found, g.int64(1)], { axis: 0 }, 'slot'),
  };
}

/** int64 [B], the number of true entries in each row of bool [B, S]. */
export function countTrue(g: GraphBuilder, mask: Value): Value {
  const ones = g.op('Cast', [mask], { to: DATA_TYPE.int64 });
  return g.op('ReduceSum', [ones, g.int64([1])], { keepdims: 0 }, 'counts');
}

/** [B] to [B, 1]. */
export function column(g: GraphBuilder, vector: Value): Value {
  return g.op('Unsqueeze', [vector, g.int64([1])]);
}

/** int64 [1, longest]: the slot number of every column of the rectangle. */
export function slotNumbers(g: GraphBuilder, packing: Packing): Value {
  return g.op('Unsqueeze', [range(g, packing.longest), g.int64([0])], {}, 'slots');
}

/** int64 [0 .. end). */
export function range(g: GraphBuilder, end: Value): Value {
  return g.op('Range', [g.int64(0), end, g.int64(1)]);
}

/** A 1-D shape from scalars (int64 []) and constants. */
export function shapeOf(g: GraphBuilder, dims: readonly (Value | number)[]): Value {
  const parts = dims.map((dim) =>
    typeof dim === 'number' ? g.int64([dim]) : g.op('Reshape', [dim, g.int64([1])]),
  );
  return g.op('Concat', parts, { axis: 0 }, 'shape');
}
