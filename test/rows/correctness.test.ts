import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correctness, type AnsweredExamples } from '../../src/rows/correctness.ts';
import { metricOf } from '../../src/stats/metrics.ts';
import { mcnemarExact, pairedDifference, wilson } from '../../src/stats/proportions.ts';

const labels = Array.from({ length: 60 }, (_, index) => index % 2);
const dense = labels.map((label, index) => (index % 10 === 0 ? 1 - label : label));
const own = labels.map((label, index) => (index % 5 === 0 ? 1 - label : label));
const block = (over: Partial<AnsweredExamples> = {}): AnsweredExamples => ({
  ...{ metric: 'accuracy', alsoMetrics: [], labels, examplesDigest: 'e', truncated: 0 },
  variants: [
    { id: 'dense', predictions: dense },
    { id: 'ltp:x2', predictions: own },
  ],
  ...over,
});

test('an accuracy keeps its exact methods', () => {
  const found = correctness(block({ truncated: 7 }), 'ltp:x2')!;
  const { value, low, high } = wilson(48, 60);
  assert.deepEqual([found.value, found.low, found.high, found.n], [value, low, high, 60]);
  const paired = { onlyFirst: 6, onlySecond: 0, n: 60 };
  assert.deepEqual(found.deltaVsDense, { ...pairedDifference(paired), pValue: mcnemarExact(paired) });
  assert.deepEqual(found.also, []);
  assert.equal(found.truncated, 7);
  assert.equal(correctness(block(), 'dense')!.deltaVsDense, null);
  assert.equal(correctness(block(), 'topk:x2'), null);
  assert.equal(correctness(undefined, 'dense'), null);
});

test("the task's own metric comes first, the others beside it, on the same predictions", () => {
  const found = correctness(
    block({ metric: 'f1', alsoMetrics: ['accuracy', 'matthews'], truncated: 7 }),
    'ltp:x2',
  )!;
  assert.equal(found.metric, 'f1');
  assert.equal(found.value, metricOf('f1', labels, own));
  assert.equal(found.truncated, 7);
  assert.ok((found.deltaVsDense?.value ?? 0) < 0 && (found.deltaVsDense?.pValue ?? 1) < 0.05);
  assert.deepEqual(
    found.also.map(({ metric }) => metric),
    ['accuracy', 'matthews'],
  );
  assert.equal(found.also[0]?.value, 0.8);
  assert.equal(found.also[0].deltaVsDense?.value, -0.1);
  assert.equal(found.also[1]?.value, metricOf('matthews', labels, own));
});

test('of a regression the predictions are values', () => {
  const values = labels.map((_, index) => index / 12);
  const near = values.map((value, index) => value + (index % 3));
  const found = correctness(
    block({
      ...{ metric: 'pearson', alsoMetrics: ['spearman'], labels: values },
      variants: [
        { id: 'dense', predictions: values },
        { id: 'ltp:x2', predictions: near },
      ],
    }),
    'ltp:x2',
  )!;
  assert.equal(found.value, metricOf('pearson', values, near));
  assert.ok(found.low < found.value && found.high > found.value);
  assert.ok((found.deltaVsDense?.high ?? 1) < 0);
  assert.equal(found.also[0]?.metric, 'spearman');
});
