import assert from 'node:assert/strict';
import { test } from 'node:test';
import { witnessDoubts } from '../../src/rows/witness.ts';
import type { AccuracyBlock, TimeBlock } from '../../src/core/schema/block.ts';
import { accuracyBlock, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const timed = (block: number, witnessLogits: number[] | undefined, witnessDigest = 'w'): TimeBlock => {
  const variant = timedVariant('ltp:x2', [[1]]);
  return timeBlock(block, [witnessLogits === undefined ? variant : { ...variant, witnessLogits }], {
    witnessDigest,
  });
};
const accuracy = (witnessLogits: number[]): AccuracyBlock => ({
  ...accuracyBlock([1], [{ id: 'ltp:x2', predictions: [1], witnessLogits }]),
  witnessDigest: 'w',
});

test('the same answer in both passes proves the graph', () => {
  assert.deepEqual(witnessDoubts('ltp:x2', [timed(0, [-1.5, 1.25])], accuracy([-1.5, 1.25])), []);
  assert.deepEqual(witnessDoubts('ltp:x2', [timed(0, [-1.5, 1.25])], accuracy([-1.50009, 1.25])), []);
});

test('another answer is a mismatch, with its size and the blocks', () => {
  const blocks = [timed(0, [-1.5, 1.25]), timed(1, [-1.5, 1.375])];
  const [doubt] = witnessDoubts('ltp:x2', blocks, accuracy([-1.5, 1.25]));
  assert.equal(doubt?.code, 'witness-mismatch');
  assert.match(doubt.message, /differ by 0\.13 \(in 1 of 2 blocks\)/);
  assert.equal(witnessDoubts('ltp:x2', [timed(0, [1])], accuracy([1, 2])).length, 1);
  assert.equal(witnessDoubts('ltp:x2', [timed(0, [NaN, 2])], accuracy([1, 2])).length, 1);
});

test('without a witness, or with different ones, nothing is concluded', () => {
  assert.deepEqual(witnessDoubts('ltp:x2', [timed(0, undefined)], accuracy([1, 2])), []);
  assert.deepEqual(witnessDoubts('ltp:x2', [timed(0, [9, 9], 'another')], accuracy([1, 2])), []);
  assert.deepEqual(witnessDoubts('ltp:x2', [timed(0, [9, 9])], undefined), []);
  assert.deepEqual(witnessDoubts('dense', [timed(0, [9, 9])], accuracy([1, 2])), []);
});
