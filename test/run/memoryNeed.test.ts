import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../src/plan/plan.ts';
import { availableMemory, checkMemory, memoryNeed } from '../../src/run/memoryNeed.ts';
import { refuses } from '../fixtures/refuses.ts';

const group = {
  model: 'large',
  task: 'reviews',
  text: 'full',
  provider: 'cpu',
  precision: 'fp32',
  threads: 1,
  batch: 1,
  seqLen: 32,
} as const;
const dense = { method: 'dense', point: null } as const;
const padded = { method: 'dense-padded', point: null } as const;

const plan: Plan = {
  suite: 'test',
  groups: [
    { group: { ...group, model: 'small' }, variants: [padded, dense, dense, dense] },
    { group, variants: [padded, dense] },
  ],
  blocks: 1,
  minRounds: 1,
  timeBudgetSeconds: 1,
  timeoutSeconds: 1,
  accuracyExamples: 1,
  interval: null,
  costs: 'none',
  scenarios: [],
  dataDir: null,
  accuracyThreads: 1,
  seed: 0,
};
const bytesOf = (model: string): number => (model === 'large' ? 440e6 : 40e6);

test('a block holds a copy of the weights for every variant and the second dense', () => {
  assert.deepEqual(memoryNeed(plan, bytesOf), { model: 'large', sessions: 3, bytes: 3 * 440e6 + 300e6 });
});

test('a group that does not fit is refused with what it needs and what there is', () => {
  checkMemory(plan, bytesOf, 2e9);
  refuses(
    () => checkMemory(plan, bytesOf, 1.5e9),
    /the 3 sessions of a block of large need about 1\.6 GB of memory, 1\.5 GB are available/,
  );
});

test('the limit of a container counts', () => {
  assert.equal(availableMemory({ cgroupMemoryLimitBytes: 1e6 }), 1e6);
  assert.ok(availableMemory({ cgroupMemoryLimitBytes: null }) > 1e6);
});
