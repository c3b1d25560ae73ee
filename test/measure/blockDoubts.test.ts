import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clockDoubts,
  collectionDoubts,
  driftDoubts,
  watchGarbageCollection,
} from '../../src/measure/blockDoubts.ts';
import { peakRssBytes } from '../../src/measure/memory.ts';
import { timedVariant } from '../fixtures/blocks.ts';

const codes = (doubts: readonly { code: string }[]): string[] => doubts.map(({ code }) => code);

test('garbage collection is a doubt from one per cent of the block on', () => {
  assert.deepEqual(codes(collectionDoubts(9, 1000)), []);
  assert.deepEqual(codes(collectionDoubts(11, 1000)), ['garbage-collection']);
  assert.deepEqual(codes(watchGarbageCollection(() => 0).doubts()), []);
});

test('a block whose end is a tenth slower or faster than its beginning drifted', () => {
  const ramp = (last: number): number[][] =>
    Array.from({ length: 12 }, (_, index) => [index < 8 ? 10 : last]);
  assert.deepEqual(codes(driftDoubts([timedVariant('dense', ramp(10.5))])), []);
  assert.match(driftDoubts([timedVariant('dense', ramp(12))])[0]?.message ?? '', /20 % slower/);
  assert.match(driftDoubts([timedVariant('dense', ramp(8))])[0]?.message ?? '', /20 % faster/);
  assert.deepEqual(driftDoubts([timedVariant('dense', [[10], [20]])]), []);
});

test('stamps cannot add up to more than the loop took', () => {
  const variants = [timedVariant('dense', [[10, 10]]), timedVariant('ltp', [[5, 5]])];
  assert.deepEqual(clockDoubts(variants, 31), []);
  assert.deepEqual(codes(clockDoubts(variants, 20)), ['clock-mismatch']);
});

test("the peak of memory is the kernel's high-water mark, else Node's", () => {
  assert.equal(peakRssBytes('Name:\tnode\nVmHWM:\t  123456 kB\nVmRSS:\t 1000 kB\n'), 123456 * 1024);
  assert.ok(peakRssBytes(null) > 1e6);
  const block = Buffer.alloc(200e6, 1);
  assert.ok(peakRssBytes() > 200e6, String(block.length));
});
