// Removing rows for real: from a keep decision to survivors in their original order, whatever their number in
// each sequence. Only integer work on [B, longest] and one gather a kept tensor.
import type { GraphBuilder, Value } from '../onnx/builder.ts';
import { countTrue, createPacking, positions, range, type Packing } from './packing.ts';

/** Live rows of the batch. */
export interface Rows {
  /** float [T, d]. */
  readonly hidden: Value;
  readonly packing: Packing;
  /** int64 [T], slot b * S + s of the input; null when nobody asks for the last hidden state. */
  readonly origin: Value | null;
}

/**
 * After attention: `keep` is bool [B, longest] in slots, `context` float [B * longest, d] in slots.
 * @returns the survivors' context [m, d] and state.
 */
export function removeAfter(
  g: GraphBuilder,
  rows: Rows,
  context: Value,
  keep: Value,
  filled: Value,
  protectsCls: boolean,
): { context: Value; survivors: Rows } {
  const { packing } = rows;
  const slots = g.op('Unsqueeze', [range(g, packing.longest), g.int64([0])]); // [1, S]
  const isCls = g.op('Equal', [slots, g.int64([0])]);
  // [CLS] always stays a row: protected, or else as the orphan that the head will read.
  const staying = g.op('And', [g.op('Or', [keep, isCls]), filled], {}, 'staying');
  const { sequence, slot } = positions(g, staying);
  const flat = g.op('Add', [g.op('Mul', [sequence, packing.longest]), slot], {}, 'slots');
  const index = g.op('Add', [g.op('Gather', [packing.starts, sequence]), slot], {}, 'rows');
  const orphans = protectsCls ? null : orphaned(g, keep, packing);
  const counts = countTrue(g, staying);
  return {
    context: g.op('Gather', [context, flat], { axis: 0 }, 'survivors'),
    survivors: gatherRows(g, rows, index, createPacking(g, packing.batch, counts, orphans)),
  };
}

/** Before a layer: `keep` is bool [T] in rows; each sequence's first row stays. */
export function removeBefore(g: GraphBuilder, rows: Rows, keep: Value): Rows {
  const { packing } = rows;
  const ones = g.op('ConstantOfShape', [g.op('Shape', [packing.starts])], ONE_INT64);
  const flags = g.op('Cast', [keep], { to: 7 });
  const staying = g.op('ScatterElements', [flags, packing.starts, ones], { axis: 0 }, 'staying'); // int64 [T]
  const found = g.op('NonZero', [staying]); // [1, m]
  const index = g.op('Squeeze', [found, g.int64([0])], {}, 'rows');
  // Counts by sequence from running sums at the sequences' ends.
  const running = g.op('CumSum', [staying, g.int64(0)]);
  const last = g.op('Sub', [g.op('Add', [packing.starts, packing.counts]), g.int64([1])]);
  const totals = g.op('Gather', [running, last], { axis: 0 }); // [B]
  const first = g.op('Sub', [g.op('Gather', [running, packing.starts], { axis: 0 }), g.int64([1])]);
  const counts = g.op('Sub', [totals, first], {}, 'counts');
  return gatherRows(g, rows, index, createPacking(g, packing.batch, counts, null));
}

const ONE_INT64 = {
  value: {
    tensor: { name: '', type: 'int64', dims: [1], data: new Uint8Array(new BigInt64Array([1n]).buffer) },
  },
} as const;

function gatherRows(g: GraphBuilder, rows: Rows, index: Value, packing: Packing): Rows {
  return {
    hidden: g.op('Gather', [rows.hidden, index], { axis: 0 }, 'survivors'),
    origin: rows.origin === null ? null : g.op('Gather', [rows.origin, index], { axis: 0 }),
    packing,
  };
}

/** float [B]: 1 where [CLS] was pruned now or before. keep: bool [B, longest]. */
function orphaned(g: GraphBuilder, keep: Value, packing: Packing): Value {
  const kept = g.op('Cast', [g.op('Gather', [keep, g.int64(0)], { axis: 1 })], { to: 1 }); // [B]
  const lost = g.op('Sub', [g.float(1), kept]);
  return packing.orphans === null ? lost : g.op('Max', [lost, packing.orphans]);
}

