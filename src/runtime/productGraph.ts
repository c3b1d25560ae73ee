// The smallest graph that an encoder session takes and that all threads of a pool work on: one matrix product. For
// trying settings where no model is at hand.
import { GraphBuilder } from '../onnx/builder.ts';
import { DATA_TYPE, encodeModel } from '../onnx/proto.ts';
import type { TokenInputs } from './session.ts';

const SIZE = 256;

/** logits = input_ids x attention_mask as floats, (B, S) x (S, B); kept_tokens = the sums of the mask, (1, B). */
export function productGraph(): Uint8Array {
  const g = new GraphBuilder('product');
  const ids = g.input('input_ids', 'int64', ['B', 'S']);
  const mask = g.input('attention_mask', 'int64', ['B', 'S']);
  const float = { to: DATA_TYPE.float };
  const turned = g.op('Transpose', [g.op('Cast', [mask], float)], { perm: [1, 0] });
  g.output(g.op('MatMul', [g.op('Cast', [ids], float), turned]), 'float', ['B', 'B'], 'logits');
  const kept = g.op('ReduceSum', [mask, g.int64([1])], { keepdims: 0 });
  g.output(g.op('Unsqueeze', [kept, g.int64([0])]), 'int64', [1, 'B'], 'kept_tokens');
  return encodeModel({ graph: g.build(), opsets: { '': 17 }, metadata: {} });
}

export function productInputs(): TokenInputs {
  const ones = (): BigInt64Array => new BigInt64Array(SIZE * SIZE).fill(1n);
  return { inputIds: ones(), attentionMask: ones(), tokenTypeIds: ones(), batch: SIZE, length: SIZE };
}
