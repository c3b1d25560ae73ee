import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../src/plan/steps.ts';
import { TimePlan } from '../../src/run/timePlan.ts';
import { GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const step = (kind: Step['kind'], seqLen: number, batch = 1): Step => ({
  ...{ kind, block: 0, group: { ...GROUP, seqLen, batch } },
  variants: [{ method: 'dense', point: null }],
});

const plan = (budgetMs: number): TimePlan =>
  new TimePlan({ budgetMs, timeoutMs: 600_000, examples: () => 100 });

test('time blocks share the time by the root of their tokens', () => {
  const steps = [step('time', 64), step('time', 256)];
  const [small = assert.fail(), large = assert.fail()] = steps;
  const made = plan(38_000);
  assert.equal(made.budgetMs(small, steps, 0), 10_000); // 8 of 24 parts of 30 s
  assert.equal(made.budgetMs(large, [large], 10_000), 20_000);
});

test('time lost early is taken from the blocks that follow, down to a least share', () => {
  const steps = [step('time', 64)];
  const [only = assert.fail()] = steps;
  assert.equal(plan(38_000).budgetMs(only, steps, 25_000), 5000);
  assert.equal(plan(38_000).budgetMs(only, steps, 60_000), 500);
});

test('a block is never given more than half of what would get it killed', () => {
  const steps = [step('time', 64)];
  const [only = assert.fail()] = steps;
  const made = new TimePlan({ budgetMs: 1e6, timeoutMs: 60_000, examples: () => 0 });
  assert.equal(made.budgetMs(only, steps, 0), 30_000);
});

test('what accuracy will take is guessed from the pace of dense', () => {
  const made = plan(108_000);
  const time = step('time', 64);
  const steps = [time, step('accuracy', 64)];
  // 500 ms to start, 250 ms to load, 6,400 tokens at the first guess of 0.3 ms: 2,670 ms
  assert.equal(Math.round(made.budgetMs(time, steps, 0)), 97_330);
  const { group } = time;
  made.learn(timeBlock(0, [timedVariant('dense', [[64, 64]])], { group, meanInputTokens: 64 }));
  // 1 ms a token now: 500 + 250 + 6,400
  assert.equal(Math.round(made.budgetMs(time, steps, 0)), 92_850);
});

test('the time left is the budget while it holds, then what the steps need at least', () => {
  const steps = [step('accuracy', 64)];
  assert.equal(plan(38_000).remainingMs(steps, 10_000), 20_000);
  assert.equal(plan(38_000).remainingMs(steps, 40_000), 2670);
  assert.equal(plan(38_000).remainingMs([], 0), 0);
});
