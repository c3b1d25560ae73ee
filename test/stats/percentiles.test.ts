import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summariseLatency } from '../../src/stats/percentiles.ts';

const ramp = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

test('percentiles that the samples cannot place are withheld', () => {
  assert.deepEqual(summariseLatency(ramp(99)), { p50: 50, p90: null, p95: null, p99: null, mean: 50, n: 99 });
  assert.equal(summariseLatency(ramp(101)).p90, 91);
  assert.equal(summariseLatency(ramp(199)).p95, null);
  assert.equal(summariseLatency(ramp(201)).p95, 191);
  assert.equal(summariseLatency(ramp(999)).p99, null);
  assert.equal(summariseLatency(ramp(1001)).p99, 991);
});
