import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMsOf } from '../fixtures/cpuTime.ts';
import { brainToFloat, halfToFloat } from '../../src/weights/half.ts';

test('all 65,536 binary16 patterns: order, symmetry and non-finite ones', () => {
  const values = halfToFloat(Uint16Array.from({ length: 0x10000 }, (_, bits) => bits));
  for (let bits = 1; bits < 0x7c00; bits++) assert.ok(values[bits]! > values[bits - 1]!);
  for (let bits = 0; bits <= 0x7c00; bits++) assert.equal(values[bits + 0x8000], -values[bits]!);
  assert.equal(values[0x7c00], Infinity);
  assert.ok(values.subarray(0x7c01, 0x8000).every(Number.isNaN));
});

test('a table of 22 million entries takes well under a second of CPU time to widen', () => {
  const halves = new Uint16Array(22_000_000).map((_, index) => index & 0x7bff);
  let length = 0;
  const tookMs = cpuMsOf(() => ({ length } = halfToFloat(halves)));
  assert.equal(length, halves.length);
  assert.ok(tookMs < 1000, `${tookMs} ms`); // 60 ms alone
  assert.equal(brainToFloat(Uint16Array.of(0x4000))[0], 2);
});
