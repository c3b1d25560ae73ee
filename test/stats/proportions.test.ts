import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disagreement, mcnemarExact, pairedDifference, wilson } from '../../src/stats/proportions.ts';

const near = (actual: number, expected: number, by = 5e-5): void => {
  assert.ok(Math.abs(actual - expected) < by, `${actual} is not ${expected}`);
};

test("Wilson's interval is the one of Newcombe's table (1998): 81 of 263, 15 of 148, 0 of 20, 1 of 29", () => {
  const cases = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [successes, n, low, high] of cases) {
    near(wilson(successes, n).low, low);
    near(wilson(successes, n).high, high);
  }
});

test('disagreements are counted by who was right', () => {
  const counted = disagreement([true, true, false, false, true], [true, false, true, false, false]);
  assert.deepEqual(counted, { onlyFirst: 2, onlySecond: 1, n: 5 });
  assert.throws(() => disagreement([true], []), RangeError);
});

test('the paired difference of the approval ratings in Agresti, Categorical Data Analysis (150 and 86 of 1600)', () => {
  // Wald: 0.04 with interval (0.0214, 0.0586); half an example in each cell moves it by less than 0.0001.
  const difference = pairedDifference({ onlyFirst: 86, onlySecond: 150, n: 1600 });
  near(difference.value, 0.04, 1e-12);
  near(difference.low, 0.0213, 2e-4);
  near(difference.high, 0.0587, 2e-4);
});

test('the paired difference by hand: 1 and 3 of 8, so cells 1.5 and 3.5 of 10', () => {
  const difference = pairedDifference({ onlyFirst: 1, onlySecond: 3, n: 8 });
  assert.equal(difference.value, 0.25);
  // centre 0.2, standard error sqrt(5 - 4 / 10) / 10 = 0.21448
  near(difference.low, 0.2 - 1.959964 * 0.214476);
  near(difference.high, 0.2 + 1.959964 * 0.214476);
});

test('models that never disagree still have an interval, about zero', () => {
  const { value, low, high } = pairedDifference({ onlyFirst: 0, onlySecond: 0, n: 200 });
  assert.equal(value, 0);
  near(low, -high);
  assert.ok(high > 0 && high < 0.02);
});

test("McNemar's exact test: 1 against 9 is 22 of 1024 tails", () => {
  near(mcnemarExact({ onlyFirst: 1, onlySecond: 9, n: 50 }), 22 / 1024, 1e-12);
  near(mcnemarExact({ onlyFirst: 9, onlySecond: 1, n: 50 }), 22 / 1024, 1e-12);
  assert.equal(mcnemarExact({ onlyFirst: 0, onlySecond: 0, n: 50 }), 1);
  assert.equal(mcnemarExact({ onlyFirst: 4, onlySecond: 4, n: 50 }), 1);
  near(mcnemarExact({ onlyFirst: 0, onlySecond: 2000, n: 2000 }), 0, 1e-12);
});
