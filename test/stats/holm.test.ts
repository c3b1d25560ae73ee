import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holmAdjusted } from '../../src/stats/holm.ts';

test('a worked set: 4 x 0.005, 3 x 0.01, 2 x 0.03, and never less than a smaller one', () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
  assert.deepEqual(
    adjusted.map((p) => Number(p.toFixed(10))),
    [0.03, 0.06, 0.06, 0.02],
  );
});

test('adjusted values end at 1, and a single test is left as it is', () => {
  assert.deepEqual(holmAdjusted([0.4, 0.9, 0.5]), [1, 1, 1]);
  assert.deepEqual(holmAdjusted([0.04]), [0.04]);
  assert.deepEqual(holmAdjusted([]), []);
});
