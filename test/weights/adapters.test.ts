import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePoint } from '../../src/weights/adapters.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import type { Stored } from './writeSafetensors.ts';
import { f32, half, i32, safetensorsBytes, temporaryFile } from './writeSafetensors.ts';

const file = (tensors: Record<string, Stored>) =>
  readSafetensors(temporaryFile(safetensorsBytes(tensors), 'point.safetensors'));
const base = () =>
  file({
    'q.weight': f32([2, 3], [1, 2, 3, 4, 5, 6]),
    'q.bias': f32([2], [0, 0]),
    'norm.weight': f32([1], [1]),
  });

test('an adapter adds B A to its matrix and leaves the rest alone', () => {
  const point = file({
    'q.lora_A': f32([2, 3], [1, 0, 2, 0, 1, 0]),
    'q.lora_B': f32([2, 2], [1, 10, 0, -1]),
  });
  const merged = mergePoint(base(), point);
  // B A = [[1, 10, 2], [0, -1, 0]]
  assert.deepEqual(merged.tensor('q.weight'), { shape: [2, 3], data: Float32Array.of(2, 12, 5, 4, 4, 6) });
  assert.deepEqual([...merged.tensor('q.bias').data], [0, 0]);
  assert.deepEqual(merged.names(), base().names());
});

test('merging does not change the base', () => {
  const whole = base();
  const point = file({ 'q.lora_A': f32([1, 3], [1, 1, 1]), 'q.lora_B': f32([2, 1], [1, 1]) });
  mergePoint(whole, point).tensor('q.weight');
  assert.deepEqual([...whole.tensor('q.weight').data], [1, 2, 3, 4, 5, 6]);
});

test('a tensor under a base name replaces it, and an adapter adds to the replacement', () => {
  const point = file({
    'q.weight': half('F16', [2, 3], [0, 0, 0, 0, 0, 0x3c00]),
    'q.bias': f32([2], [5, 6]),
    'q.lora_A': f32([1, 3], [1, 2, 3]),
    'q.lora_B': f32([2, 1], [1, 0]),
  });
  const merged = mergePoint(base(), point);
  assert.deepEqual([...merged.tensor('q.weight').data], [1, 2, 3, 0, 0, 1]);
  assert.deepEqual([...merged.tensor('q.bias').data], [5, 6]);
});

test('predictor weights are passed through; pruning parameters stay with the point', () => {
  const point = file({ 'skim.0.out.bias': f32([2], [1, 2]), 'pruning.keep_counts': i32([2], [8, 4]) });
  const merged = mergePoint(base(), point);
  assert.deepEqual([...merged.tensor('skim.0.out.bias').data], [1, 2]);
  assert.equal(merged.has('pruning.keep_counts'), false);
  assert.throws(() => merged.tensor('pruning.keep_counts'), /no tensor pruning\.keep_counts/);
});

test('a point of another model is refused by the tensor that shows it', () => {
  const merge = (tensors: Record<string, Stored>) => mergePoint(base(), file(tensors));
  assert.throws(
    () => merge({ 'k.bias': f32([1], [1]) }),
    /point\.safetensors: tensor k\.bias is not in the base/,
  );
  assert.throws(() => merge({ 'q.lora_A': f32([1, 3], [1, 1, 1]) }), /q\.lora_B is missing beside q\.lora_A/);
  const pair = (a: number[], b: number[]) => ({
    'q.lora_A': f32(a, new Array<number>(a[0]! * a[1]!).fill(1)),
    'q.lora_B': f32(b, new Array<number>(b[0]! * b[1]!).fill(1)),
  });
  assert.throws(
    () => merge(pair([1, 4], [2, 1])).tensor('q.weight'),
    /adapter q \[2, 1\] x \[1, 4\] does not fit \[2, 3\]/,
  );
  assert.throws(() => merge(pair([2, 3], [2, 1])).tensor('q.weight'), /does not fit/);
  assert.throws(
    () => merge({ 'q.bias': f32([3], [1, 1, 1]) }).tensor('q.bias'),
    /tensor q\.bias is \[3\], not \[2\]/,
  );
  assert.throws(
    () => merge({ 'z.lora_A': f32([1, 3], [1, 1, 1]), 'z.lora_B': f32([2, 1], [1, 1]) }),
    /adapts a matrix that is not in the base/,
  );
});
