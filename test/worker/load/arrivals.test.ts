import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../src/core/random.ts';
import { inputOrder, poissonArrivals, turnOrder } from '../../../src/worker/load/arrivals.ts';
import { planTurns } from '../../../src/worker/load/turns.ts';

test('a schedule comes from its seed alone', () => {
  const schedule = (seed: string): number[] => poissonArrivals(createRandom(seed), 50, 100);
  assert.deepEqual(schedule('a'), schedule('a'));
  assert.notDeepEqual(schedule('a'), schedule('b'));
});

test('gaps are exponential with the mean of the rate', () => {
  const count = 20_000;
  const arrivals = poissonArrivals(createRandom('gaps'), 50, count);
  const gaps = arrivals.map((ms, index) => ms - (arrivals[index - 1] ?? 0));
  assert.ok(gaps.every((gap) => gap >= 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / count;
  assert.ok(Math.abs(mean / 20 - 1) < 0.03, `mean gap ${mean} ms`); // standard error 0.7 %
  // Kolmogorov and Smirnov's distance from 1 - exp(-gap / 20); 1.63 / sqrt(n) is exceeded once in a hundred.
  const distance = gaps
    .toSorted((a, b) => a - b)
    .reduce((most, gap, index) => {
      const expected = 1 - Math.exp(-gap / 20);
      return Math.max(most, Math.abs(expected - index / count), Math.abs(expected - (index + 1) / count));
    }, 0);
  assert.ok(distance < 1.63 / Math.sqrt(count), `distance ${distance}`);
});

test('every input comes once before any comes again, in another order', () => {
  const order = inputOrder(createRandom('order'), 5);
  const [first, second] = [0, 1].map(() => Array.from({ length: 5 }, () => order.next().value));
  assert.deepEqual(first!.toSorted(), [0, 1, 2, 3, 4]);
  assert.deepEqual(second!.toSorted(), [0, 1, 2, 3, 4]);
  assert.notDeepEqual(first, second);
});

test('variants take turns forwards and backwards, and nobody is always first', () => {
  const order = [0, 1, 2, 3].map((turn) => turnOrder(['a', 'b', 'c'], turn).join(''));
  assert.deepEqual(order, ['abc', 'cba', 'bca', 'acb']);
});

test('time becomes turns of enough requests, and too little of it becomes none', () => {
  assert.deepEqual(planTurns(100, 6, 24_000), { turns: 8, requests: 50 });
  assert.deepEqual(planTurns(20, 6, 12_000), { turns: 2, requests: 20 });
  assert.equal(planTurns(1, 6, 12_000), null);
});
