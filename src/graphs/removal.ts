// Removing rows for real: from a keep decision to survivors in their original order, whatever their number in
// each sequence. Only integer work on [B, longest] and one gather a kept tensor.
import { GraphBuilder, type Value } from '../onnx/builder.ts';
import { DATA_TYPE } from '../onnx/proto.ts';
import { asInteger } from './decisions.ts';
import { countTrue, createPacking, slotNumbers, type Packing, type PaddedGeometry } from './packing.ts';

/** Live rows of the batch. */
export interface Rows {
  /** float [T, d]. */
  readonly hidden: Value;
  readonly packing: Packing;
  /** int64 [T], slot b * S + s of the input; null when nobody asks for the last hidden state. */
  readonly origin: Value | null;
}

/** What attention has left in slots, in the branch that computed it. */
export interface Attended {
  /** float [B * longest, d]. */
  readonly context: Value;
  /** float [B, longest]; null where no score was asked for. */
  readonly score: Value | null;
  /** Null when every slot is filled, so that slots are rows. */
  readonly geometry: PaddedGeometry | null;
}

/** What a method decides after attention, and what is to be gathered. */
export interface Removal {
  readonly rows: Rows;
  readonly protectsCls: boolean;
  /** bool [B, longest]. */
  decide(g: GraphBuilder, attended: Attended): Value;
  /** Whether the score, where there is one, and the decision are returned too (decisions.ts). */
  readonly tells: boolean;
  /** Types of the values that `removeSlots` returns. */
  readonly outputTypes: readonly ('float' | 'int64')[];
}

export function removalOf(
  rows: Rows,
  protectsCls: boolean,
  decide: Removal['decide'],
  { tells, scored }: { readonly tells: boolean; readonly scored: boolean },
): Removal {
  const outputTypes: ('float' | 'int64')[] = ['float', 'float', 'int64'];
  if (rows.origin !== null) outputTypes.push('int64');
  if (!protectsCls) outputTypes.push('float');
  if (tells && scored) outputTypes.push('float');
  if (tells) outputTypes.push('int64');
  return { rows, protectsCls, decide, tells, outputTypes };
}

/**
 * Gathers what survives.
 * @returns context [m, d], hidden [m, d], counts [B], then origin [m] and orphans [B] where they are kept, then
 * score float, if there is one, and decision int64, [B, longest] each, where they are told.
 */
export function removeSlots(
  g: GraphBuilder,
  packing: Packing,
  attended: Attended,
  removal: Removal,
): Value[] {
  const { context, score, geometry } = attended;
  const filled = geometry?.filled ?? null;
  const keep = removal.decide(g, attended);
  const slots = slotNumbers(g, packing); // [1, S]
  // [CLS] always stays a row: protected, or else as the orphan that the head will read.
  const withCls = g.op('Or', [keep, g.op('Equal', [slots, g.int64([0])])]);
  const staying = filled === null ? withCls : g.op('And', [withCls, filled], {}, 'staying');
  const flat = g.op('Squeeze', [
    g.op('NonZero', [g.op('Reshape', [staying, g.int64([-1])])], {}, 'alive'),
    g.int64([0]),
  ]);
  const index = filled === null ? flat : rowsOfSlots(g, packing, flat);
  const values = [
    g.op('Gather', [context, flat], { axis: 0 }, 'survivors'),
    g.op('Gather', [removal.rows.hidden, index], { axis: 0 }, 'survivors'),
    countTrue(g, staying),
  ];
  if (removal.rows.origin !== null) values.push(g.op('Gather', [removal.rows.origin, index], { axis: 0 }));
  if (!removal.protectsCls) values.push(orphaned(g, keep, packing));
  if (removal.tells && score !== null) values.push(score);
  if (removal.tells) values.push(asInteger(g, keep));
  return values;
}

/** int64 [m]: from slots b * longest + s to rows starts[b] + s. */
function rowsOfSlots(g: GraphBuilder, packing: Packing, flat: Value): Value {
  const sequence = g.op('Div', [flat, packing.longest], {}, 'sequence');
  const slot = g.op('Sub', [flat, g.op('Mul', [sequence, packing.longest])]);
  return g.op('Add', [g.op('Gather', [packing.starts, sequence], { axis: 0 }), slot], {}, 'rows');
}

/** Reads back what `removeSlots` returned. */
export function survivorsOf(
  g: GraphBuilder,
  values: readonly Value[],
  removal: Removal,
  batch: Value,
): { context: Value; survivors: Rows } {
  const [context = '', hidden = '', counts = '', ...rest] = values;
  const origin = removal.rows.origin === null ? null : (rest.shift() ?? null);
  const orphans = removal.protectsCls ? null : (rest.shift() ?? null);
  return { context, survivors: { hidden, origin, packing: createPacking(g, batch, counts, orphans) } };
}

/** Before a layer: `keep` is bool [T] in rows; each sequence's first row stays. */
export function removeBefore(g: GraphBuilder, rows: Rows, keep: Value): Rows {
  const { packing } = rows;
  const ones = g.op('ConstantOfShape', [g.op('Shape', [packing.starts])], {
    value: GraphBuilder.scalarAttribute('int64', 1),
  });
  const flags = g.op('Cast', [keep], { to: DATA_TYPE.int64 });
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

function gatherRows(g: GraphBuilder, rows: Rows, index: Value, packing: Packing): Rows {
  return {
    hidden: g.op('Gather', [rows.hidden, index], { axis: 0 }, 'survivors'),
    origin: rows.origin === null ? null : g.op('Gather', [rows.origin, index], { axis: 0 }),
    packing,
  };
}

/** float [B]: 1 where [CLS] was pruned now or before. keep: bool [B, longest]. */
function orphaned(g: GraphBuilder, keep: Value, packing: Packing): Value {
  const kept = g.op('Cast', [g.op('Gather', [keep, g.int64(0)], { axis: 1 })], { to: DATA_TYPE.float }); // [B]
  const lost = g.op('Sub', [g.float(1), kept]);
  return packing.orphans === null ? lost : g.op('Max', [lost, packing.orphans]);
}
