import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  clockDoubts,
  collectionDoubts,
  watchGarbageCollection,
  type Span,
} from '../../src/worker/blockDoubts.ts';
import { peakRssBytes } from '../../src/worker/memory.ts';
import { timedVariant } from '../fixtures/blocks.ts';

const codes = (doubts: readonly { code: string }[]): string[] => doubts.map(({ code }) => code);

const calls = (count: number): Span[] =>
  Array.from({ length: count }, (_, index) => ({ startMs: 10 * index, endMs: 10 * index + 8 }));
const collection = (startMs: number, endMs: number): Span => ({ startMs, endMs });

test('a garbage collection between calls is none of theirs', () => {
  assert.deepEqual(collectionDoubts(calls(10), [collection(8, 10), collection(18.5, 19.5)]), []);
});

test('collections inside more than one call of a hundred are a doubt, with count, share and time', () => {
  const inside = [collection(2, 3), collection(11, 12), collection(17, 19)];
  const [doubt] = collectionDoubts(calls(100), inside);
  assert.equal(doubt?.code, 'garbage-collection');
  assert.match(doubt.message, /inside 2 of 100 timed calls \(2\.0 %\), 3\.0 ms in all/);
  assert.deepEqual(collectionDoubts(calls(200), inside), []); // one call of a hundred
  assert.deepEqual(collectionDoubts(calls(50), inside.slice(0, 1)), []); // once is chance
});

test('a long collection hits every call that it overlaps, a tiny one none', () => {
  assert.match(collectionDoubts(calls(10), [collection(5, 33)])[0]?.message ?? '', /inside 4 of 10/);
  assert.deepEqual(collectionDoubts(calls(10), [collection(1, 1.05), collection(11, 11.05)]), []);
});

/** A call that leaves 80 MB to be collected, a part of it after it has been kept for a while. */
function allocating(): Span {
  const startMs = performance.now();
  const kept: number[][] = [];
  for (let index = 0; index < 1000; index++) {
    kept.push(Array.from({ length: 10_000 }, (_, at) => at + 0.5));
    if (kept.length > 200) kept.length = 0;
  }
  return { startMs, endMs: performance.now() };
}

test('real collections are seen with their time', async () => {
  const watch = watchGarbageCollection();
  const halves = [allocating(), allocating()];
  await setTimeout(20); // Node delivers the entries after the work
  assert.deepEqual(codes(watch.doubts(halves)), ['garbage-collection']);
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
