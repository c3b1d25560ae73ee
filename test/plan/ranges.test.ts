import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAxis } from '../../src/plan/axes.ts';
import { expandList, expandNumbers } from '../../src/plan/ranges.ts';
import { refuses } from '../fixtures/refuses.ts';

test('numbers come as lists and ranges, in order, none twice', () => {
  assert.deepEqual(expandNumbers('seq-lens', '16-512*2', 8), [16, 32, 64, 128, 256, 512]);
  assert.deepEqual(expandNumbers('batch-sizes', '1-4,2,8', 1), [1, 2, 3, 4, 8]);
  assert.deepEqual(expandNumbers('batch-sizes', '1-8+3', 1), [1, 4, 7]);
  assert.deepEqual(expandList('methods', 'ltp, topk,ltp'), ['ltp', 'topk']);
});

test('what cannot be read is named, with a remedy', () => {
  const bad = [
    ['', /empty item/],
    ['8,,16', /empty item/],
    ['eight', /"eight" is not a number/],
    ['1.5', /"1.5" is not a number/],
    ['-8', /"-8" is not a number/],
    ['4', /4 is too small \(the least is 8\)/],
    ['64-16*2', /never reaches its end/],
    ['16-64*1', /never reaches its end/],
    ['16-64+0', /never reaches its end/],
    ['8-100000', /over 1000 values/],
  ] as const;
  for (const [text, message] of bad) {
    refuses(() => expandNumbers('seq-lens', text, 8), message);
  }
});

test('names of a closed list are checked against it', () => {
  assert.deepEqual(parseAxis('methods', 'ltp,dense'), { methods: ['ltp', 'dense'] });
  refuses(() => parseAxis('methods', 'ltp,lpt'), /--methods: unknown value "lpt"/);
  refuses(() => parseAxis('providers', 'gpu'), /unknown value "gpu"/);
  refuses(() => parseAxis('text', 'long'), /unknown value "long"/);
});
