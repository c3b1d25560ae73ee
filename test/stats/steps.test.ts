import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readJson } from '../../src/core/atomicFile.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { repoRoot } from '../../src/core/root.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { mean } from '../../src/stats/samples.ts';
import { findChanges, findSteps } from '../../src/stats/steps.ts';
import { normal } from '../fixtures/normal.ts';

const FLOOR = 5e-4;
const NIGHTS = 40;
const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

/** How far the blocks of the recorded runs lie from the mean of their cell, as logarithms of the speed-up. */
const recorded = readdirSync(join(repoRoot(), 'results', 'reference')).flatMap((run) => {
  const path = join(repoRoot(), 'results', 'reference', run, 'summary.json');
  const { rows } = readJson(path, summarySchema, 'summary');
  return rows.flatMap(({ method, blockSpeedups }) => {
    if (method === 'dense' || blockSpeedups.length < 2) return [];
    const logs = blockSpeedups.map(Math.log);
    const stretch = Math.sqrt(logs.length / (logs.length - 1));
    return logs.map((value) => (value - mean(logs)) * stretch);
  });
});

type Noise = (random: Random) => number;
/** A night is the mean of its blocks. */
const ofBlocks =
  (blocks: number): Noise =>
  (random) =>
    mean(Array.from({ length: blocks }, () => random.pick(recorded)));
const gauss =
  (sd: number): Noise =>
  (random) =>
    sd * normal(random);

const NOISES: readonly (readonly [string, Noise])[] = [
  ['5 recorded blocks a night', ofBlocks(5)],
  ['8 recorded blocks a night', ofBlocks(8)],
  ['normal, 0.5 %', gauss(0.005)],
  ['normal, 1 %', gauss(0.01)],
];

/** Of 100 seeded series, how many pass. */
function passes(noise: Noise, level: (night: number, random: Random) => number, judge: Judge): number {
  return SEEDS.filter((seed) => {
    const random = createRandom(`steps:${seed}`);
    const shape = createRandom(`shape:${seed}`);
    const values = Array.from({ length: NIGHTS }, (_, night) => level(night, shape) + noise(random));
    return judge(findSteps(values, FLOOR), values);
  }).length;
}
type Judge = (fit: ReturnType<typeof findSteps>, values: readonly number[]) => boolean;

const near = (places: readonly number[]): Judge => {
  return ({ steps }) =>
    steps.length === places.length &&
    steps.every(({ at }, index) => Math.abs(at - (places[index] ?? 0)) <= 1);
};
const none: Judge = ({ steps }) => steps.length === 0;

describe('steps of a nightly series', () => {
  it('draws its noise from recorded blocks that differ by about 1 %', () => {
    assert.ok(recorded.length >= 200);
    const sd = Math.sqrt(mean(recorded.map((value) => value ** 2)));
    assert.ok(sd > 0.005 && sd < 0.03, String(sd));
  });

  for (const [name, noise] of NOISES) {
    it(`finds a 3 % step within a night in 95 of 100 series (${name})`, () => {
      for (const at of [12, 20, 31]) {
        const found = passes(noise, (night) => (night >= at ? Math.log(0.97) : 0), near([at]));
        assert.ok(found >= 95, `${found} at night ${at}`);
      }
    });

    it(`finds nothing in 95 of 100 flat series (${name})`, () => {
      const quiet = passes(noise, () => 0, none);
      assert.ok(quiet >= 95, String(quiet));
    });

    it(`takes one or two bad nights in a row for no step (${name})`, () => {
      for (const length of [1, 2]) {
        for (const first of [0, 17, NIGHTS - length]) {
          const bad = (night: number): number => (night >= first && night < first + length ? 0.25 : 0);
          const quiet = passes(noise, bad, none);
          assert.ok(quiet >= 95, `${quiet} with ${length} from ${first}`);
        }
      }
    });
  }

  it('finds both of two steps, and neither for a drift', () => {
    const there = (night: number): number => (night >= 12 && night < 27 ? Math.log(0.97) : 0);
    assert.ok(passes(ofBlocks(5), there, near([12, 27])) >= 95);
    const slow = (night: number): number => (0.05 * night) / NIGHTS;
    const drifts = passes(ofBlocks(5), slow, ({ steps, drift }) => {
      return steps.length === 0 && drift !== null && Math.abs(drift - 0.05 / NIGHTS) < 0.0003;
    });
    assert.ok(drifts >= 90, String(drifts));
  });

  it('still finds the step beside a bad night, and gives its size', () => {
    const level = (night: number): number => (night === 25 ? 0.2 : night >= 18 ? -0.04 : 0);
    const covered = passes(
      gauss(0.006),
      level,
      ({ steps: [step] }) => step !== undefined && step.change.low <= -0.04 && step.change.high >= -0.04,
    );
    assert.ok(covered >= 88, String(covered)); // nominally 95, less what choosing the place takes
  });

  it('needs three nights on the new level, and six in all', () => {
    const quiet = [0, 0.001, -0.001, 0, 0.001, -0.001, 0, 0.001, -0.001, 0];
    assert.deepEqual(findSteps([...quiet, 0.1, 0.1], FLOOR).steps, []);
    assert.deepEqual(
      findSteps([...quiet, 0.1, 0.1, 0.1], FLOOR).steps.map(({ at }) => at),
      [10],
    );
    assert.deepEqual(findSteps([0, 0, 0, 1, 1], FLOOR).steps, []);
    assert.deepEqual(findSteps([], FLOOR), { steps: [], drift: null, scale: FLOOR });
  });

  it('gives the worked interval of two stretches', () => {
    // means 0 and 10, six deviations of 1 and none else: s^2 = 4/4, half = t(4) sqrt(2/3)
    const [step] = findSteps([-1, 0, 1, 11, 10, 9], 0.8).steps;
    const half = 2.776 * Math.sqrt(2 / 3);
    assert.ok(step !== undefined);
    assert.equal(step.at, 3);
    assert.ok(Math.abs(step.change.low - (10 - half)) < 1e-3);
    assert.ok(Math.abs(step.change.high - (10 + half)) < 1e-3);
  });

  it('is done with a year of nights at once', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 365 }, (_, night) => gauss(0.01)(random) + (night > 200 ? 0.03 : 0));
    assert.deepEqual(
      findSteps(values, FLOOR).steps.map(({ at }) => Math.abs(at - 201) <= 1),
      [true],
    );
  });
});

describe('changes of what is computed', () => {
  it('are all that exceeds rounding', () => {
    assert.deepEqual(findChanges([5, 5 + 1e-12, 6, 6, 5]), [2, 4]);
    assert.deepEqual(findChanges([]), []);
  });
});
