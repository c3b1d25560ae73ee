import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harnessCost } from '../../src/rows/harness.ts';
import { accuracyBlock, costBlock, failedBlock, profileBlock, timeBlock } from '../fixtures/blocks.ts';

const harness = { loadMs: 400, warmUpMs: 100, timedMs: 2000, betweenMs: 30, timedCalls: 1000 };

test('time is told by what it went to, and the harness by call', () => {
  const cost = harnessCost([
    timeBlock(0, [], { wallMs: 3000, harness }),
    timeBlock(1, [], { wallMs: 2800, harness: { ...harness, betweenMs: 10, timedCalls: 1000 } }),
    { ...profileBlock([]), wallMs: 700 },
    { ...accuracyBlock([], []), wallMs: 1000 },
    costBlock('dense', 0, { wallMs: 500 }),
    failedBlock(),
  ]);
  assert.equal(cost?.perCallUs, 20); // 40 ms over 2000 calls
  assert.equal(cost.timedShare, 0.5); // 4 of 8 s
  const rounded = Object.entries(cost.seconds).map(([what, seconds]) => `${what} ${seconds.toFixed(2)}`);
  assert.deepEqual(rounded, [
    ...['timed calls 4.00', 'loading 0.80', 'warm-up 0.20', 'between calls 0.04'],
    ...[
      'checks, start and end of processes 0.76',
      'profile 0.70',
      'accuracy 1.00',
      'memory and loading 0.50',
    ],
  ]);
});

test('without a timed call there is no cost of one', () => {
  assert.equal(harnessCost([timeBlock(0, [])]), null);
  assert.equal(harnessCost([]), null);
});
