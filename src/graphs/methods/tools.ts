// Pieces of a decision that methods share: counts of tokens and the k largest of a sequence. They are handed to a
// method through its context, so that a file outside the tree needs no import of ours.
import { GraphBuilder, type Value } from '../../onnx/builder.ts';
import { DATA_TYPE } from '../../onnx/proto.ts';
import { aliveCounts, column, range, slotNumbers, visibleSlots, type Packing } from '../packing.ts';

/** The slots of a batch, as attention has left them. */
interface Slots {
  /** bool [B, longest]; null when every slot is filled. */
  readonly filled: Value | null;
  readonly packing: Packing;
}

export interface GraphTools {
  /** int64 [B]: round-half-even(n x share) of each sequence, in float32. @param counts int64 [B]. @param share float []. */
  shareOf(g: GraphBuilder, counts: Value, share: Value): Value;
  /**
   * bool [B, longest], true at each sequence's `count` largest of `values`; equal ones are settled for the earlier
   * token. At least 1 and at most all that are alive, with a protected [CLS] in the first place; an unprotected one
   * competes like any token, and none may be left.
   * @param values float [B, longest]; empty slots hold anything. @param count int64 [B] or [].
   */
  keepLargest(g: GraphBuilder, slots: Slots, values: Value, count: Value, protectsCls: boolean): Value;
}

/** Larger than any score: [CLS] ranks first. */
const FIRST = 3e38;
/** Smaller than any score: empty slots rank last. */
const LAST = -3e38;

export const TOOLS: GraphTools = {
  shareOf(g, counts, share) {
    const length = g.op('Cast', [counts], { to: DATA_TYPE.float });
    return g.op('Cast', [g.op('Round', [g.op('Mul', [length, share])])], { to: DATA_TYPE.int64 });
  },
  keepLargest(g, slots, values, count, protectsCls) {
    const least = g.op('Max', [count, g.int64([protectsCls ? 1 : 0])]);
    const k = g.op('Min', [least, aliveCounts(g, slots.packing)], {}, 'k'); // int64 [B]
    const rank = protectsCls ? ranksWithClsFirst : ranksOfLive;
    return largest(g, rank(g, slots, values), k);
  },
};

/** float [B, longest]: values with [CLS] before and empty slots behind all others. */
function ranksWithClsFirst(g: GraphBuilder, { filled, packing }: Slots, values: Value): Value {
  const isCls = g.op('Equal', [slotNumbers(g, packing), g.int64([0])]); // [1, S]
  const first = g.op('Where', [isCls, g.float(FIRST), values]);
  return filled === null ? first : g.op('Where', [filled, first, g.float(LAST)]);
}

/** float [B, longest]: values with empty slots and orphans behind all others. */
function ranksOfLive(g: GraphBuilder, { filled, packing }: Slots, values: Value): Value {
  return filled === null ? values : g.op('Where', [visibleSlots(g, packing, filled), values, g.float(LAST)]);
}

/** bool [B, longest], true at each sequence's k largest of `ranks`. */
function largest(g: GraphBuilder, ranks: Value, k: Value): Value {
  const most = g.op('ReduceMax', [k], { keepdims: 1 }); // [1], 0 where nothing is kept anywhere
  const [, indices = ''] = g.ops('TopK', [ranks, most], 2, { axis: 1, largest: 1, sorted: 1 });
  const places = g.op('Unsqueeze', [range(g, g.op('Squeeze', [most])), g.int64([0])]);
  const within = g.op('Cast', [g.op('Less', [places, column(g, k)])], { to: DATA_TYPE.int32 }); // [B, most]
  const zero = GraphBuilder.scalarAttribute('int32', 0);
  const nothing = g.op('ConstantOfShape', [g.op('Shape', [ranks])], { value: zero }, 'nothing'); // [B, S]
  return g.op(
    'Cast',
    [g.op('ScatterElements', [nothing, indices, within], { axis: 1 })],
    { to: DATA_TYPE.bool },
    'keep',
  );
}
