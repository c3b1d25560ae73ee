import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, FailedBlock } from '../../src/core/schema/block.ts';
import type { Step } from '../../src/plan/steps.ts';
import { faultOf } from '../../src/run/storedBlock.ts';
import { failedBlock, GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const STEP: Step = {
  kind: 'time',
  group: GROUP,
  block: 1,
  variants: [
    { method: 'dense', point: null },
    { method: 'ltp', point: 'x2' },
  ],
};
const blockOf = (...ids: string[]): Block =>
  timeBlock(
    1,
    ids.map((id) => timedVariant(id, [[1]])),
  );
const failure = (changes: Partial<FailedBlock>): Block =>
  failedBlock({ block: 1, variants: ['ltp:x2'], ...changes });
const fault = (stored: Block, ...others: Block[]): string | null =>
  faultOf(stored, STEP, 'd', [stored, ...others]);

test('a block of the same definition with all variants holds', () => {
  assert.equal(fault(blockOf('dense', 'dense@again', 'ltp:x2')), null);
});

test('a block of another definition does not', () => {
  assert.equal(faultOf(blockOf('dense', 'ltp:x2'), STEP, 'e', []), 'is of another definition');
});

test('a block that went on without a variant because its process was killed is made again', () => {
  for (const phase of ['memory', 'crash', 'timeout'] as const) {
    assert.equal(fault(blockOf('dense'), failure({ phase })), 'lacks ltp:x2');
  }
  assert.equal(fault(blockOf('dense')), 'lacks ltp:x2', 'killed before the failure was written');
});

test('a variant that failed by itself would only fail again', () => {
  for (const phase of ['start', 'load', 'warm-up', 'measure'] as const) {
    assert.equal(fault(blockOf('dense'), failure({ phase })), null);
  }
  assert.equal(
    fault(blockOf('dense'), failure({ phase: 'load', block: 2 })),
    'lacks ltp:x2',
    'of another block',
  );
});
