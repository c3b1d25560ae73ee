import assert from 'node:assert/strict';
import { test } from 'node:test';
import { geometricMean, mean, median, quantile, sortSamples } from '../../src/stats/samples.ts';

test('quantiles are of type 7, as NumPy and R compute them', () => {
  const samples = sortSamples([4, 1, 3, 2]);
  assert.equal(quantile(samples, 0), 1);
  assert.equal(quantile(samples, 0.5), 2.5);
  assert.equal(quantile(samples, 0.9), 3.7); // numpy.quantile([1, 2, 3, 4], 0.9)
  assert.equal(quantile(samples, 1), 4);
});

test('sorting is numeric, leaves its argument alone and refuses what has no order', () => {
  const values = [10, 9, 2];
  assert.deepEqual([...sortSamples(values)], [2, 9, 10]);
  assert.deepEqual(values, [10, 9, 2]);
  assert.throws(() => sortSamples([]), RangeError);
  assert.throws(() => sortSamples([1, Number.NaN]), RangeError);
});

test('the median of an even count lies between the middle two', () => {
  assert.equal(median([1, 100, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
});

test('ratios average geometrically', () => {
  assert.equal(geometricMean([2, 0.5]), 1);
  assert.ok(Math.abs(geometricMean([1, 2, 4]) - 2) < 1e-12);
  assert.equal(mean([1, 2, 6]), 3);
});
