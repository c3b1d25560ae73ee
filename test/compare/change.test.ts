import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf, type Series } from '../../src/compare/change.ts';
import { createRandom } from '../../src/core/random.ts';

const NO_NIGHTS = {
  nights: { ratio: { sd: 0, degrees: 8 }, speed: { sd: 0, degrees: 8 } },
  runsThatTellNights: 4,
};

const exp = (values: readonly number[]): number[] => values.map(Math.exp);

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual}, not ${expected}`);
}

test('with one base run and no night effect it is the t-test of two groups of blocks', () => {
  const [change] = changesOf([{ kind: 'ratio', base: [[1, 1.02, 0.98]], next: [2, 2.04, 1.96] }], NO_NIGHTS);
  assert.ok(change);
  near(change.ratio.median, 2);
  // Standard deviation of the logs 0.02000 on both sides, of the difference 0.01633; t of 4 degrees is 2.7764.
  near(Math.log(change.ratio.high / change.ratio.median), 2.7764 * 0.01633, 2e-4);
  near(change.degrees, 4);
});

test('with several base runs the night is a level of its own: a worked example', () => {
  const series: Series = { kind: 'ratio', base: [exp([0, 0.02]), exp([0.04, 0.06])], next: exp([0.1, 0.12]) };
  const rules = { ...NO_NIGHTS, nights: { ...NO_NIGHTS.nights, ratio: { sd: 0.02, degrees: 1 } } };
  const [change] = changesOf([series], rules);
  assert.ok(change);
  // sigma^2 = 2e-4 (3 degrees); between nights 8e-4, less sigma^2 / 2 = 7e-4; with the 4e-4 that the rules say, one
  // degree each, tau^2 = 5.5e-4. V = 5.5e-4 x 1.5 + 2e-4 x (1/2 + 1/4) = 9.75e-4.
  near(Math.log(change.ratio.median), 0.08);
  near(change.standardError, Math.sqrt(9.75e-4));
  near(change.degrees, 9.75e-4 ** 2 / (8.25e-4 ** 2 / 2 + 1.5e-4 ** 2 / 3), 1e-6);
});

test('blocks of nights that differ are not one heap', () => {
  // Seven nights of eight steady blocks, the nights 2 % apart; the new night is as far off as any of them.
  const nights = [-0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03];
  const blocks = (centre: number): number[] =>
    exp([-0.001, -0.001, 0.001, 0.001, 0.0005, -0.0005, 0, 0].map((block) => centre + block));
  const series: Series = { kind: 'speed', base: nights.map(blocks), next: blocks(-0.03) };
  const [change] = changesOf([series], NO_NIGHTS);
  assert.ok(change);
  assert.ok(change.pValue > 0.1, String(change.pValue));
  assert.ok(change.degrees < 7, String(change.degrees));
  const heap: Series = { kind: 'speed', base: [nights.flatMap(blocks)], next: blocks(-0.03) };
  assert.ok(changesOf([heap], NO_NIGHTS)[0]!.pValue < 0.01, 'as one heap it would have been an alarm');
});

test('what a run differs from another beyond its blocks is taken from the rules while runs are few', () => {
  const steady = exp([0, 0.001, -0.001, 0]);
  const slower = exp([-0.05, -0.049, -0.051, -0.05]);
  const rules = {
    ...NO_NIGHTS,
    nights: { ratio: { sd: 0.002, degrees: 8 }, speed: { sd: 0.03, degrees: 8 } },
  };
  const [speed, ratio] = changesOf(
    [
      { kind: 'speed', base: [steady], next: slower },
      { kind: 'ratio', base: [steady], next: slower },
    ],
    rules,
  );
  assert.ok(speed && speed.pValue > 0.2, 'a night that is 5 % slower as a whole happens');
  assert.ok(ratio && ratio.pValue < 1e-4, 'a ratio does not move with the night');
});

test('one block on a side allows no interval', () => {
  assert.deepEqual(changesOf([{ kind: 'ratio', base: [[1, 1.1]], next: [1] }], NO_NIGHTS), [null]);
  assert.deepEqual(changesOf([{ kind: 'ratio', base: [[]], next: [1, 2] }], NO_NIGHTS), [null]);
});

test('identical blocks throughout are no change, and a moved constant is one', () => {
  const [same, moved] = changesOf(
    [
      { kind: 'ratio', base: [[1, 1, 1]], next: [1, 1, 1] },
      { kind: 'speed', base: [[1, 1, 1]], next: [2, 2, 2] },
    ],
    NO_NIGHTS,
  );
  assert.equal(same?.pValue, 1);
  assert.equal(moved?.pValue, 0);
});

test('a cell whose spread is small by chance borrows from the sweep', () => {
  const random = createRandom('borrow');
  const noisy = (): number[] => exp(Array.from({ length: 5 }, () => 0.02 * (random.next() - 0.5)));
  const lucky: Series = {
    kind: 'ratio',
    base: [exp([0, 1e-5, -1e-5])],
    next: exp([0.004, 0.00401, 0.00399]),
  };
  const sweep = Array.from({ length: 40 }, (): Series => ({ kind: 'ratio', base: [noisy()], next: noisy() }));
  const [alone] = changesOf([lucky], NO_NIGHTS);
  const [among] = changesOf([lucky, ...sweep], NO_NIGHTS);
  assert.ok(alone && alone.pValue < 1e-6);
  assert.ok(among && among.pValue > 0.01, String(among?.pValue));
});
