import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../src/core/random.ts';
import type { Interval } from '../../src/core/schema/group.ts';
import { ratioInterval, type BlockRatio } from '../../src/stats/bootstrap.ts';
import { mean } from '../../src/stats/samples.ts';
import { student95 } from '../../src/stats/student.ts';
import { normal } from '../fixtures/normal.ts';

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

function simulatedBlock(random: Random, between: number, within: number): BlockRatio {
  const own = between * normal(random) + within * normal(random);
  const replicates = Array.from({ length: 100 }, () => Math.exp(own + within * normal(random)));
  return { ratio: Math.exp(own), replicates };
}

/** How often of `runs` times the interval of `count` blocks of a model against itself covers 1. */
function coverage(
  between: number,
  within: number,
  measure: (random: Random) => Interval,
  runs: number,
): number {
  const random = createRandom(`coverage/${between}/${within}`);
  const intervals = Array.from({ length: runs }, () => measure(random));
  return intervals.filter(({ low, high }) => low <= 1 && high >= 1).length / runs;
}

const NOISES = [
  [0.01, 0.002],
  [0.007, 0.007],
  [0.02, 0.005],
] as const;

test('in simulated runs of a model against itself the interval covers 1 about 95 times in 100', () => {
  for (const [between, within] of NOISES) {
    for (const count of [3, 5, 8]) {
      const measure = (random: Random): Interval =>
        ratioInterval(
          Array.from({ length: count }, () => simulatedBlock(random, between, within)),
          random,
        );
      const share = coverage(between, within, measure, 200);
      assert.ok(share >= 0.9 && share < 1, `${share} with ${count} blocks, noise ${between} and ${within}`);
    }
  }
});

test('stopping as soon as the interval is narrow enough costs no more than two points of coverage', () => {
  for (const [between, within] of NOISES) {
    const measure = (random: Random): Interval => {
      const blocks = Array.from({ length: 5 }, () => simulatedBlock(random, between, within));
      for (;;) {
        const interval = ratioInterval(blocks, random);
        if (interval.high - interval.low <= 0.03 || blocks.length === 32) return interval;
        blocks.push(simulatedBlock(random, between, within));
      }
    };
    const share = coverage(between, within, measure, 200);
    assert.ok(share >= 0.91, `${share} with noise ${between} and ${within}`);
  }
});

test("noise that is all within blocks is not counted twice: the interval is as wide as Student's", () => {
  const random = createRandom('within');
  const widths = Array.from({ length: 100 }, () => {
    const blocks = Array.from({ length: 8 }, () => simulatedBlock(random, 0, 0.01));
    const { low, high } = ratioInterval(blocks, random);
    return (high - low) / 2;
  });
  const expected = (0.01 * student95(7)) / Math.sqrt(8);
  assert.ok(Math.abs(mean(widths) / expected - 1) < 0.08, `${mean(widths)} against ${expected}`);
});
