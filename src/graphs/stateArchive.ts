// The full-length last hidden state: every token frozen at the last complete state it had, i.e. the state that
// entered the layer in which it was removed (Transkimmer's forwarding; Length-Adaptive Transformer's restore).
// Before each removal all live rows are written at their input slots; survivors are overwritten later.
import { GraphBuilder, type Value } from '../onnx/builder.ts';
import { DATA_TYPE } from '../onnx/proto.ts';
import type { InputRows } from './inputs.ts';
import { column, shapeOf } from './packing.ts';
import type { Rows } from './removal.ts';

export class StateArchive {
  /** float [B * S, d], zeros where there was never a token. */
  #states: Value | null = null;

  record(g: GraphBuilder, rows: Rows, input: InputRows, hidden: number): void {
    const before = this.#states ?? zeros(g, input, hidden);
    this.#states = g.op(
      'ScatterND',
      [before, column(g, rows.origin ?? input.origin), rows.hidden],
      {},
      'archive',
    );
  }

  /** Declares the graph output last_hidden_state float [B, S, d]; padding is 0. */
  output(g: GraphBuilder, rows: Rows, input: InputRows, hidden: number): void {
    this.record(g, rows, input, hidden);
    const shaped = g.op('Reshape', [this.#states ?? '', shapeOf(g, [input.batch, input.length, hidden])]);
    const silent = g.op('Mul', [
      shaped,
      g.op('Unsqueeze', [g.op('Cast', [input.mask], { to: DATA_TYPE.float }), g.int64([2])]),
    ]);
    g.output(silent, 'float', ['batch', 'sequence', hidden], 'last_hidden_state');
  }
}

function zeros(g: GraphBuilder, input: InputRows, hidden: number): Value {
  const slots = g.op('Mul', [input.batch, input.length]);
  return g.op('ConstantOfShape', [shapeOf(g, [slots, hidden])], {
    value: GraphBuilder.scalarAttribute('float', 0),
  });
}
