import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { detectableEffect } from '../../src/stats/detectable.ts';
import { mean, variance } from '../../src/stats/samples.ts';
import { studentQuantile } from '../../src/stats/student.ts';
import { normal } from '../fixtures/normal.ts';

test('worked by hand: three ratios with a standard deviation of 1 % in logarithms', () => {
  const ratios = [-0.01, 0, 0.01].map(Math.exp);
  // t(0.975; 2) = 4.3027, t(0.8; 2) = 1.0607, standard error 0.01 / sqrt(3)
  const expected = Math.expm1(((4.3027 + 1.0607) * 0.01) / Math.sqrt(3));
  assert.ok(Math.abs((detectableEffect(ratios) ?? 0) - expected) < 1e-5);
});

test('nothing can be said from one block, and blocks that agree detect everything', () => {
  assert.equal(detectableEffect([1.5]), null);
  assert.equal(detectableEffect([2, 2, 2]), 0);
});

test('an effect of that size is found in about 80 of 100 simulated runs', () => {
  const random = createRandom('power');
  const [count, deviation] = [8, 0.006];
  const draw = (effect: number): number[] =>
    Array.from({ length: count }, () => Math.exp(effect + deviation * normal(random)));
  const effect = mean(Array.from({ length: 200 }, () => detectableEffect(draw(0)) ?? 0));
  const found = Array.from({ length: 400 }, () => {
    const logs = draw(Math.log1p(effect)).map(Math.log);
    return mean(logs) / Math.sqrt(variance(logs) / count) > studentQuantile(0.975, count - 1);
  }).filter(Boolean).length;
  assert.ok(found > 290 && found < 350, `${found} of 400`);
});
