import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import { METRICS } from '../../src/core/names.ts';
import { repoRoot } from '../../src/core/root.ts';
import { metricOf, scoreOf } from '../../src/stats/metrics.ts';

const near = (actual: number, expected: number, by = 1e-12): void => {
  assert.ok(Math.abs(actual - expected) <= by, `${actual} is not ${expected}`);
};

test('a confusion of 3, 1, 2 and 4 by hand', () => {
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
  const own = [0, 0, 0, 1, 0, 0, 1, 1, 1, 1]; // TN 3, FP 1, FN 2, TP 4
  near(metricOf('accuracy', labels, own), 0.7);
  near(metricOf('f1', labels, own), 8 / 11);
  near(metricOf('matthews', labels, own), (4 * 3 - 1 * 2) / Math.sqrt(5 * 6 * 4 * 5));
});

test('correlations by hand; equal values share their average rank', () => {
  near(metricOf('pearson', [1, 2, 3, 4], [1, 3, 2, 4]), 0.8);
  near(metricOf('spearman', [1, 2, 3, 4], [1, 8, 27, 64]), 1);
  // ranks 1.5 1.5 3 4 and 1 2 3.5 3.5
  near(metricOf('spearman', [1, 1, 2, 3], [1, 2, 3, 3]), 4 / 4.5);
  near(metricOf('spearman', [1, 2, 3], [3, 2, 1]), -1);
});

test("scikit-learn's and SciPy's numbers", () => {
  const schema = z.array(
    z.object({
      labels: z.array(z.number()),
      predictions: z.array(z.number()),
      expected: z.partialRecord(z.enum(METRICS), z.number()),
    }),
  );
  const cases = readJson(join(repoRoot(), 'test/golden/metrics.json'), schema, 'golden');
  for (const { labels, predictions, expected } of cases) {
    for (const metric of METRICS) {
      const value = expected[metric];
      if (value !== undefined) near(metricOf(metric, labels, predictions), value, 1e-9);
    }
  }
});

test('where a metric has no answer it is 0', () => {
  assert.equal(metricOf('f1', [0, 0], [0, 0]), 0);
  assert.equal(metricOf('matthews', [0, 1, 1], [1, 1, 1]), 0);
  assert.equal(metricOf('pearson', [1, 2], [3, 3]), 0);
  assert.equal(metricOf('spearman', [2, 2], [1, 3]), 0);
  assert.throws(() => metricOf('f1', [0], []), RangeError);
});

test('a weight is a number of copies', () => {
  const labels = [0, 1, 1, 0, 1];
  const own = [0, 1, 0, 1, 1];
  const weights = [2, 0, 1, 3, 1];
  const copies = <T>(values: readonly T[]): T[] =>
    values.flatMap((value, index) => Array.from({ length: weights[index]! }, () => value));
  for (const metric of METRICS)
    near(scoreOf(metric, labels, own)(weights), metricOf(metric, copies(labels), copies(own)));
});
