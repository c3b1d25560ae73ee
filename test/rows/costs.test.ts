import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variant } from '../../src/core/schema/group.ts';
import { costsOf } from '../../src/rows/costs.ts';
import { makeRows } from '../../src/rows/rows.ts';
import { costBlock, failedBlock, GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const ENERGY = {
  joules: 50,
  seconds: 2,
  idleWatts: 8,
  sequences: 400,
  source: 'RAPL package-0',
} as const;

test('costs are of the variant in this very group', () => {
  const blocks = [
    costBlock('dense', 0),
    costBlock('ltp:x2', 1, { peakRssBytes: 90e6, rssBeforeBytes: 50e6, energy: ENERGY, energyReason: null }),
    costBlock('topk:x2', 2, { group: { ...GROUP, batch: 1 } }),
  ];
  const costs = costsOf(blocks, GROUP, 'ltp:x2');
  assert.equal(costs?.addedRssBytes, 40e6);
  assert.equal(costs.energyPerSequenceJoules, 0.125);
  assert.equal(costs.watts, 25);
  assert.equal(costs.idleWatts, 8);
  assert.equal(costsOf(blocks, GROUP, 'topk:x2'), null);
  const dense = costsOf(blocks, GROUP, 'dense');
  assert.equal(dense?.energyPerSequenceJoules, null);
  assert.match(dense.energyReason ?? '', /^not available/);
});

test('what disturbed the measurement stays with it', () => {
  const doubt = { code: 'busy-neighbours', message: 'other processes used 1.2 CPUs' };
  assert.deepEqual(costsOf([costBlock('dense', 0, { doubts: [doubt] })], GROUP, 'dense')?.disturbances, [
    'busy-neighbours',
  ]);
});

const VARIANTS: Variant[] = [
  { method: 'dense', point: null },
  { method: 'ltp', point: 'x2' },
];
const WANTED = { group: GROUP, variants: VARIANTS, accuracyGroup: GROUP, obstacle: null };
const CALLS = [
  [10, 10],
  [10, 10],
];

test('a cost block that failed costs its own row a doubt and nothing else', () => {
  const { rows } = makeRows(
    [WANTED],
    [
      timeBlock(0, [timedVariant('dense', CALLS), timedVariant('ltp:x2', CALLS)]),
      costBlock('dense', 0),
      failedBlock({ of: 'cost', block: 1, phase: 'timeout', reason: 'no result after 5 s' }),
    ],
  );
  const [dense, ltp] = rows;
  assert.deepEqual([dense?.status, ltp?.status], ['ok', 'ok']);
  assert.equal(dense?.costs?.firstRunMs, 20);
  assert.equal(ltp?.costs, null);
  const codes = rows.map(({ doubts }) => doubts.map(({ code }) => code).includes('no-costs'));
  assert.deepEqual(codes, [false, true]);
});

test('a failed cost block is never the reason why a row has no times', () => {
  const failed = failedBlock({ of: 'cost', block: 1, reason: 'no result after 5 s' });
  const { rows } = makeRows([WANTED], [failed]);
  assert.match(rows[1]?.reason ?? '', /interrupted/);
});
