import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimeBlock } from '../../src/core/schema/block.ts';
import { halfWidth, imprecisionDoubts, widthOf } from '../../src/rows/intervalWidths.ts';
import { GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const VARIANTS = [
  { method: 'dense', point: null },
  { method: 'ltp', point: 'x2' },
] as const;

/** A block in which dense takes 100 ms, its copy `again` and ltp `ltp` in every call. */
function block(number: number, ltp: number, again = 100): TimeBlock {
  const calls = (ms: number): number[][] => [
    [ms, ms],
    [ms, ms],
  ];
  const variants = [
    timedVariant('dense', calls(100)),
    timedVariant('ltp:x2', calls(ltp)),
    timedVariant('dense@again', calls(again)),
  ];
  return timeBlock(number, variants, {});
}

test('blocks that agree are precise at once, and one block is not enough to say so', () => {
  const planned = { group: GROUP, variants: VARIANTS };
  assert.equal(widthOf(planned, [block(0, 50)]), null);
  assert.ok((widthOf(planned, [block(0, 50), block(1, 50), block(2, 50)]) ?? 1) < 1e-9);
});

test('the widest ratio counts, the noise floor among them', () => {
  const planned = { group: GROUP, variants: VARIANTS };
  const byRatio = widthOf(planned, [block(0, 50), block(1, 52), block(2, 51)]) ?? 0;
  assert.ok(byRatio > 0.02, String(byRatio));
  const byFloor = widthOf(planned, [block(0, 50, 98), block(1, 50, 102), block(2, 50, 100)]) ?? 0;
  assert.ok(byFloor > 0.02, String(byFloor));
});

test('blocks of other groups do not count', () => {
  const other = { ...block(1, 80), group: { ...GROUP, batch: 4 } };
  assert.equal(widthOf({ group: GROUP, variants: VARIANTS }, [block(0, 50), other]), null);
});

test('a ratio that is wider than asked for is a doubt with both numbers', () => {
  const interval = { median: 2, low: 1.94, high: 2.06 };
  assert.ok(Math.abs(halfWidth(interval) - 0.03) < 1e-12);
  assert.deepEqual(imprecisionDoubts(interval, 0.031), []);
  assert.deepEqual(imprecisionDoubts(interval, null), []);
  const [doubt] = imprecisionDoubts(interval, 0.015);
  assert.equal(doubt?.code, 'imprecise');
  assert.match(doubt.message, /±3\.0 %, not to the ±1\.5 %/);
});
