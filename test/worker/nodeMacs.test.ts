// Shapes as ONNX Runtime 1.30's profiler lists them (CPU provider, unless said): packed weights are missing there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeMacs } from '../../src/worker/nodeMacs.ts';

type Listed = readonly [string, readonly number[]];

function macs(op: string, inputs: readonly Listed[], ...outputs: readonly Listed[]): number | null {
  const typed = (list: readonly Listed[]) => list.map(([type, dims]) => ({ type, dims }));
  return nodeMacs({ op, name: `${op}_1_kernel_time`, inputs: typed(inputs), outputs: typed(outputs) });
}

const float = (...dims: number[]): Listed => ['float', dims];
const half = (...dims: number[]): Listed => ['float16', dims];
const int32 = (...dims: number[]): Listed => ['int32', dims];

test('products take K from the left operand, transposed or not, wherever the weights are', () => {
  assert.equal(macs('MatMul', [float(2, 5, 16)], float(2, 5, 6)), 2 * 5 * 16 * 6);
  assert.equal(macs('MatMul', [float(7, 3), float(3, 5)], float(7, 5)), 7 * 3 * 5);
  assert.equal(macs('MatMul', [float(16, 5, 16), float(16)], float(16, 5)), 16 * 5 * 16);
  assert.equal(macs('MatMul', [half(2, 5, 16), half(16, 6)], half(2, 5, 6)), 2 * 5 * 16 * 6);
  assert.equal(macs('MatMul', [['int64', [4, 4]]], ['int64', [4, 4]]), 0);
  assert.equal(macs('Gemm', [float(7, 5)], float(5, 3)), 7 * 5 * 3);
  assert.equal(macs('FusedGemm', [float(5, 16), float(6)], float(5, 6)), 5 * 16 * 6);
  assert.equal(macs('FusedMatMul', [float(2, 7, 5), float(2, 3, 7)], float(2, 5, 3)), 2 * 7 * 5 * 3);
  assert.equal(
    macs('FusedMatMul', [float(2, 4, 5, 8), float(2, 4, 8, 5)], float(2, 4, 5, 5)),
    2 * 4 * 5 * 8 * 5,
  );
});

test('quantised products count like float ones', () => {
  const u8 = (...dims: number[]): Listed => ['uint8', dims];
  assert.equal(macs('DynamicQuantizeMatMul', [float(2, 5, 16), float()], float(2, 5, 6)), 960);
  assert.equal(macs('MatMulInteger', [u8(2, 5, 16), u8()], int32(2, 5, 6)), 960);
  assert.equal(macs('MatMulIntegerToFloat', [u8(2, 5, 16), float(), float(), u8()], float(2, 5, 6)), 960);
  assert.equal(macs('MatMulNBits', [float(2, 5, 16), float(6, 1), float(6)], float(2, 5, 6)), 960);
});

test('fused attention projects, and multiplies twice by every key', () => {
  const products = 2 * 5 * 5 * (16 + 16);
  const projection = 2 * 5 * 16 * 48;
  assert.equal(
    macs('Attention', [float(2, 5, 16), float(48), int32(2, 5)], float(2, 5, 16)),
    projection + products,
  );
  // CUDA lists the weights.
  assert.equal(
    macs('Attention', [half(2, 5, 16), half(16, 48), half(48), int32(2, 5)], half(2, 5, 16)),
    projection + products,
  );
  // Without a bias all three are as wide as the values.
  assert.equal(macs('Attention', [float(2, 5, 16), int32(2, 5)], float(2, 5, 16)), projection + products);
  // qkv_hidden_sizes 8, 8, 16
  assert.equal(
    macs('Attention', [float(2, 5, 16), float(32)], float(2, 5, 16)),
    2 * 5 * 16 * 32 + 50 * (8 + 16),
  );
  const quantised: Listed[] = [
    ['uint8', [2, 5, 16]],
    float(48),
    float(),
    float(),
    ['uint8', []],
    ['int8', []],
  ];
  assert.equal(macs('QAttention', quantised, float(2, 5, 16)), projection + products);
});

test('attention on given queries, keys and values, in all layouts', () => {
  const [q, k] = [float(2, 5, 16), float(2, 7, 16)];
  const expected = 2 * (2 * 5 * 16) * 7;
  assert.equal(macs('MultiHeadAttention', [q, k, k, float(48), int32(2, 7)], q), expected);
  assert.equal(macs('MultiHeadAttention', [q, float(2, 4, 7, 4), float(2, 4, 7, 4)], q), expected);
  assert.equal(macs('MultiHeadAttention', [q, float(2, 7, 4, 2, 4)], q), expected);
  assert.equal(macs('MultiHeadAttention', [float(2, 5, 4, 3, 4)], q), 2 * (2 * 5 * 16) * 5);
  assert.equal(macs('Attention', [q, k, k], q), expected);
  const heads = float(2, 4, 5, 4);
  assert.equal(macs('Attention', [heads, float(2, 4, 7, 4), float(2, 4, 7, 4)], heads), expected);
  assert.equal(macs('MultiHeadAttention', [q, k, k], q, float(2, 4, 9, 4), float(2, 4, 9, 4)), 2 * 160 * 9);
});

test('what multiplies but does not show how much is unknown, everything else is nothing', () => {
  assert.equal(
    macs('Conv', [float(2, 16, 9), float(6, 16, 3), float(6)], float(2, 6, 7)),
    2 * 6 * 7 * 16 * 3,
  );
  assert.equal(macs('Conv', [float(2, 16, 9), float(6)], float(2, 6, 7)), null);
  for (const op of ['Einsum', 'LSTM', 'PackedAttention', 'GroupQueryAttention', 'ConvTranspose', 'QMoE'])
    assert.equal(macs(op, [float(2, 5, 16), float(16, 6)], float(2, 5, 6)), null, op);
  for (const op of [
    'Softmax',
    'BiasGelu',
    'ConstantOfShape',
    'DynamicQuantizeLinear',
    'SkipLayerNormalization',
  ])
    assert.equal(macs(op, [float(2, 5, 16)], float(2, 5, 16)), 0, op);
});
