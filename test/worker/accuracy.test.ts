import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictAll } from '../../src/worker/accuracy.ts';
import { checkFinite, digestOf, predictionsOf, sameBits } from '../../src/worker/logits.ts';

test('the prediction of a sequence is its largest logit, the first of equals', () => {
  assert.deepEqual(predictionsOf(Float32Array.of(0, 1, 3, -2, 5, 5), 2), [1, 0, 0]);
  assert.deepEqual(predictionsOf(Float32Array.of(0, 1, 3, 9, 5, 5), 3), [2, 0]);
});

test('answers are compared to the bit', () => {
  assert.ok(sameBits(Float32Array.of(1, 2), Float32Array.of(1, 2)));
  assert.ok(!sameBits(Float32Array.of(0), Float32Array.of(-0)));
  assert.ok(!sameBits(Float32Array.of(1), Float32Array.of(1, 1)));
  const view = Float32Array.of(9, 1, 2).subarray(1);
  assert.ok(sameBits(view, Float32Array.of(1, 2)));
  assert.equal(digestOf([view]), digestOf([Float32Array.of(1), Float32Array.of(2)]));
});

test('a logit that is no number is named', () => {
  checkFinite(Float32Array.of(1, 2), 0);
  assert.throws(() => checkFinite(Float32Array.of(1, Infinity), 3), /logit 1 of input batch 3 is Infinity/);
});

test('predictions follow the order of the inputs, and a variant that fails leaves the others be', async () => {
  const good = {
    id: 'good',
    run: (input: number) => Promise.resolve({ logits: Float32Array.of(input, 1, 0, 1), classes: 2 }),
  };
  const bad = { id: 'bad', run: () => Promise.reject(new Error('no memory')) };
  const announced: (string | undefined)[] = [];
  const result = await predictAll([bad, good], 3, (_, id) => announced.push(id));
  assert.deepEqual(result.variants, [{ id: 'good', predictions: [1, 1, 0, 1, 0, 1] }]);
  assert.deepEqual(result.failures, [{ phase: 'measure', variants: ['bad'], reason: 'no memory' }]);
  assert.deepEqual(announced, ['bad', 'good']);
});
