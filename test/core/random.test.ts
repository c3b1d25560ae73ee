import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';

const draws = (seed: number | string, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed gives the same stream and another seed another', () => {
  assert.deepEqual(draws(7, 50), draws(7, 50));
  assert.notDeepEqual(draws(7, 50), draws(8, 50));
  assert.notDeepEqual(draws('a', 50), draws('b', 50));
});

test('the stream is pinned: a change of generator would silently change every composed document', () => {
  const random = createRandom(1);
  assert.deepEqual(
    Array.from({ length: 8 }, () => random.integer(1000)),
    [461, 191, 184, 754, 174, 896, 878, 917],
  );
});

test('draws are uniform in [0, 1)', () => {
  const values = draws('uniform', 20_000);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const bins = new Array<number>(10).fill(0);
  for (const value of values) bins[Math.floor(value * 10)]! += 1;
  const chiSquare = bins.reduce((sum, seen) => sum + (seen - 2000) ** 2 / 2000, 0);
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare} of 9 degrees of freedom`); // p = 0.001
});

test('shuffle is a permutation that leaves its input alone, and pick stays inside', () => {
  const random = createRandom(3);
  const items = Object.freeze(Array.from({ length: 100 }, (_, index) => index));
  const mixed = random.shuffle(items);
  assert.notDeepEqual(mixed, items);
  assert.deepEqual(
    [...mixed].sort((a, b) => a - b),
    items,
  );
  for (let index = 0; index < 200; index++) assert.ok(items.includes(random.pick(items)));
});

test('a bound of zero, and picking from nothing, are refused', () => {
  assert.throws(() => createRandom(1).integer(0), RangeError);
  assert.throws(() => createRandom(1).pick([]), RangeError);
});
