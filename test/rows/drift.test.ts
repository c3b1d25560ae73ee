import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftDoubts } from '../../src/rows/drift.ts';
import { makeRows } from '../../src/rows/rows.ts';
import { GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const codes = (doubts: readonly { code: string }[]): string[] => doubts.map(({ code }) => code);

const ramp = (last: number): number[][] => Array.from({ length: 12 }, (_, index) => [index < 8 ? 10 : last]);

test('a block whose end is a tenth slower or faster than its beginning drifted', () => {
  assert.deepEqual(codes(driftDoubts([timedVariant('dense', ramp(10.5))])), []);
  assert.match(driftDoubts([timedVariant('dense', ramp(12))])[0]?.message ?? '', /20 % slower/);
  assert.match(driftDoubts([timedVariant('dense', ramp(8))])[0]?.message ?? '', /20 % faster/);
  assert.deepEqual(driftDoubts([timedVariant('dense', [[10], [20]])]), []);
});

test('a time block that drifted is a doubt of its rows, with the number of such blocks', () => {
  const blocks = [10, 12, 10].map((last, block) => timeBlock(block, [timedVariant('dense', ramp(last))]));
  const wanted = {
    group: GROUP,
    variants: [{ method: 'dense', point: null }],
    accuracyGroup: GROUP,
  } as const;
  const { rows } = makeRows([{ ...wanted, obstacle: null }], blocks);
  const drift = rows[0]?.doubts.find(({ code }) => code === 'drift');
  assert.match(drift?.message ?? '', /^dense became 20 % slower within a block \(in 1 of 3 blocks\)$/);
  assert.equal(rows[0]?.validity?.verdict, 'PROVISIONAL');
});
