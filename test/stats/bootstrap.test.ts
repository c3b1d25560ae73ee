import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../src/core/random.ts';
import { ratioInterval, type BlockRatio } from '../../src/stats/bootstrap.ts';
import { student95 } from '../../src/stats/student.ts';

test("Student's t is the table's, and the expansion's beyond it", () => {
  assert.equal(student95(1), 12.7062);
  assert.equal(student95(7), 2.3646);
  assert.ok(Math.abs(student95(30) - 2.0423) < 5e-4);
  assert.ok(Math.abs(student95(1e6) - 1.96) < 1e-3);
  assert.throws(() => student95(0), RangeError);
});

test('blocks that all say the same leave no interval', () => {
  const block = { ratio: 2, replicates: [2, 2, 2] };
  const { median, low, high } = ratioInterval([block, block], createRandom(1));
  for (const value of [median, low, high]) assert.ok(Math.abs(value - 2) < 1e-9);
});

test('one block gives the spread of its own rounds, unstretched', () => {
  const replicates = Array.from({ length: 101 }, (_, index) => 1 + index / 100);
  const { low, high } = ratioInterval([{ ratio: 1.5, replicates }], createRandom(1));
  assert.ok(Math.abs(low - 1.025) < 0.02, String(low));
  assert.ok(Math.abs(high - 1.975) < 0.02, String(high));
});

test('the centre is the geometric mean and lies within its interval', () => {
  const blocks = [1, 4].map((ratio) => ({ ratio, replicates: [ratio] }));
  const { median, low, high } = ratioInterval(blocks, createRandom(1));
  assert.ok(Math.abs(median - 2) < 1e-12);
  assert.ok(low < 2 && high > 2);
});

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function simulatedBlock(random: Random, between: number, within: number): BlockRatio {
  const own = between * normal(random) + within * normal(random);
  const replicates = Array.from({ length: 100 }, () => Math.exp(own + within * normal(random)));
  return { ratio: Math.exp(own), replicates };
}

test('in simulated runs of a model against itself the interval covers 1 in at least 90 of 100', () => {
  for (const [between, within] of [
    [0.01, 0.002],
    [0.007, 0.007],
  ] as const) {
    for (const count of [3, 4, 8]) {
      const random = createRandom(`coverage/${between}/${count}`);
      let covered = 0;
      for (let run = 0; run < 100; run++) {
        const blocks = Array.from({ length: count }, () => simulatedBlock(random, between, within));
        const { low, high } = ratioInterval(blocks, random);
        if (low <= 1 && high >= 1) covered++;
      }
      assert.ok(
        covered >= 90,
        `${covered} of 100 with ${count} blocks, ${between} between and ${within} within`,
      );
    }
  }
});
