import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { metricOf } from '../../src/stats/metrics.ts';
import { resampledMetric } from '../../src/stats/resampledMetric.ts';
import { cpuMsOf } from '../fixtures/cpuTime.ts';
import { normal } from '../fixtures/normal.ts';

const drawn = (
  n: number,
  right: number,
  seed: number,
): { labels: number[]; own: number[]; dense: number[] } => {
  const random = createRandom(seed);
  const labels = Array.from({ length: n }, () => random.integer(2));
  const answer = (share: number) => labels.map((label) => (random.next() < share ? label : 1 - label));
  return { labels, own: answer(right), dense: answer(0.9) };
};

test('the value is the plain metric, inside its interval, the same every time', () => {
  const { labels, own, dense } = drawn(300, 0.8, 1);
  const found = resampledMetric('f1', labels, own, dense);
  assert.equal(found.value, metricOf('f1', labels, own));
  assert.ok(found.low < found.value && found.value < found.high);
  assert.ok(found.difference !== null);
  assert.equal(found.difference.value, found.value - metricOf('f1', labels, dense));
  assert.deepEqual(resampledMetric('f1', labels, own, dense), found);
  assert.equal(resampledMetric('f1', labels, own, null).difference, null);
});

test('equal predictions differ by nothing, with p = 1; a large loss is seen', () => {
  const { labels, own, dense } = drawn(300, 0.6, 2);
  const same = resampledMetric('matthews', labels, dense, dense).difference;
  assert.deepEqual(same, { value: 0, low: 0, high: 0, pValue: 1 });
  const loss = resampledMetric('matthews', labels, own, dense).difference;
  assert.ok(loss !== null && loss.high < 0 && loss.pValue <= 0.002, JSON.stringify(loss));
});

test('the interval of an F1 is about as wide as theory has it', () => {
  // With half positive and 80 % right, Wilson's interval of an accuracy of 1,000 is 5 points wide; F1 is alike here.
  const { labels, own } = drawn(1000, 0.8, 3);
  const { low, high } = resampledMetric('f1', labels, own, null);
  assert.ok(high - low > 0.045 && high - low < 0.07, `${high - low}`);
});

test('the interval of a correlation agrees with that of Fisher', () => {
  const random = createRandom(5);
  const labels = Array.from({ length: 500 }, () => normal(random));
  const own = labels.map((label) => 0.8 * label + 0.6 * normal(random));
  const { value, low, high } = resampledMetric('pearson', labels, own, null);
  const half = 1.96 / Math.sqrt(500 - 3);
  assert.ok(Math.abs(low - Math.tanh(Math.atanh(value) - half)) < 0.012, `${low}`);
  assert.ok(Math.abs(high - Math.tanh(Math.atanh(value) + half)) < 0.012, `${high}`);
});

test('1,500 pairs of values with ranks take well under ten seconds of CPU time', () => {
  const random = createRandom(6);
  const labels = Array.from({ length: 1500 }, () => random.integer(26) / 5);
  const own = labels.map((label) => label + normal(random));
  assert.ok(cpuMsOf(() => void resampledMetric('spearman', labels, own, labels)) < 10_000);
});
