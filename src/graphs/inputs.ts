// The input rectangle [B, S] and the rows that the encoder works on: live tokens only, or every slot.
import type { GraphBuilder, Value } from '../onnx/builder.ts';
import { DATA_TYPE } from '../onnx/proto.ts';
import type { EncoderConfig } from './config.ts';
import { countTrue, positions, shapeOf } from './packing.ts';

export interface InputRows {
  /** int64 [B, S], ids as they are fed. */
  readonly rectangle: Value;
  /** int64 [], B. */
  readonly batch: Value;
  /** int64 [], S. */
  readonly length: Value;
  /** bool [B, S], the attention mask. */
  readonly mask: Value;
  /** int64 [B], real tokens of each sequence. */
  readonly counts: Value;
  /** int64 [B], rows of each sequence: counts, or S when padded. */
  readonly rowCounts: Value;
  /** int64 [T], slot b * S + s of each row. */
  readonly origin: Value;
  /** int64 [T], row of the position table: place in its sequence, counted from config.firstPosition. */
  readonly position: Value;
  /** int64 [T]. */
  readonly ids: Value;
  /** int64 [T]; null for models with fewer than two token types. */
  readonly types: Value | null;
  /** Whether rows include padding. */
  readonly padded: boolean;
}

export function inputRows(g: GraphBuilder, config: EncoderConfig, rows: 'packed' | 'padded'): InputRows {
  const rectangle = ['batch', 'sequence'];
  const ids = g.input('input_ids', 'int64', rectangle);
  const maskInput = g.input('attention_mask', 'int64', rectangle);
  const types = config.tokenTypes > 1 ? g.input('token_type_ids', 'int64', rectangle) : null;
  const shape = g.op('Shape', [ids]);
  const batch = g.op('Gather', [shape, g.int64(0)], { axis: 0 }, 'batch');
  const length = g.op('Gather', [shape, g.int64(1)], { axis: 0 }, 'length');
  const mask = g.op('Cast', [maskInput], { to: DATA_TYPE.bool }, 'mask');
  const counts = countTrue(g, mask);
  const padded = rows === 'padded';
  const everywhere = padded ? g.op('Expand', [g.bool(true), shape]) : mask;
  const { sequence, slot } = positions(g, everywhere);
  const origin = g.op('Add', [g.op('Mul', [sequence, length]), slot], {}, 'origin');
  const flat = (input: Value) => g.op('Reshape', [input, g.int64([-1])]);
  const rowsOf = (input: Value) => (padded ? flat(input) : g.op('Gather', [flat(input), origin]));
  return {
    rectangle: ids,
    batch,
    length,
    mask,
    counts,
    rowCounts: padded ? g.op('Expand', [length, shapeOf(g, [batch])]) : counts,
    origin,
    position:
      config.firstPosition === 0 ? slot : g.op('Add', [slot, g.int64(config.firstPosition)], {}, 'position'),
    ids: rowsOf(ids),
    types: types === null ? null : rowsOf(types),
    padded,
  };
}
