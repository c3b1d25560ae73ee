import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digamma, inverseTrigamma, logGamma, trigamma } from '../../src/stats/gamma.ts';
import { incompleteBeta } from '../../src/stats/incompleteBeta.ts';
import { student95, studentBound, studentQuantile, studentTail } from '../../src/stats/student.ts';

function near(actual: number, expected: number, tolerance = 1e-10): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} ${expected}`,
  );
}

test('the gamma function and its derivatives have their closed values', () => {
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  near(logGamma(10), Math.log(362_880));
  near(digamma(1), -0.5772156649015329);
  near(digamma(0.5), -0.5772156649015329 - 2 * Math.LN2);
  near(trigamma(1), Math.PI ** 2 / 6);
  near(trigamma(0.5), Math.PI ** 2 / 2);
  for (const x of [0.01, 0.7, 4, 300]) near(inverseTrigamma(trigamma(x)), x, 1e-8);
});

test('the incomplete beta function has its closed values', () => {
  near(incompleteBeta(0.5, 2, 3), 11 / 16);
  near(incompleteBeta(0.3, 1, 5), 1 - 0.7 ** 5);
  near(incompleteBeta(0.9, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(0.9)));
  assert.equal(incompleteBeta(0, 2, 2), 0);
  assert.equal(incompleteBeta(1, 2, 2), 1);
});

test('t has the closed distribution of one and of two degrees of freedom', () => {
  near(studentTail(1, 1), 0.5);
  near(studentTail(2, 2), 1 - 2 / Math.sqrt(6));
  near(studentTail(-2, 2), 1 - 2 / Math.sqrt(6));
  near(studentTail(0, 7), 1);
});

test('t has the quantiles of the printed tables', () => {
  const table: [number, number, number][] = [
    [0.975, 1, 12.7062],
    [0.975, 4, 2.7764],
    [0.975, 10, 2.2281],
    [0.975, 30, 2.0423],
    [0.995, 5, 4.0321],
    [0.9995, 10, 4.5869],
    [0.9, 3, 1.6377],
    [0.975, 1e6, 1.959966],
  ];
  for (const [probability, degrees, t] of table) near(studentQuantile(probability, degrees), t, 5e-5);
  near(studentQuantile(0.025, 4), -2.7764, 5e-5);
  near(student95(4), 2.7764, 5e-5);
});

test('quantile and tail are inverse to each other far out and for fractional degrees', () => {
  for (const degrees of [1, 2.73, 12.5, 400]) {
    for (const tail of [0.5, 0.05, 5e-4, 1e-7])
      near(studentTail(studentBound(tail, degrees), degrees) / tail, 1, 1e-7);
  }
  assert.throws(() => student95(0), RangeError);
});
