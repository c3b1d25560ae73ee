import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../src/plan/steps.ts';
import { TimePlan, type TimePlanOptions } from '../../src/run/timePlan.ts';
import { GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const step = (kind: Step['kind'], seqLen: number, batch = 1): Step => ({
  ...{ kind, block: 0, group: { ...GROUP, seqLen, batch } },
  variants: [{ method: 'dense', point: null }],
});

const plan = (budgetMs: number, changes: Partial<TimePlanOptions> = {}): TimePlan =>
  new TimePlan({
    ...{ budgetMs, timeoutMs: 600_000, examples: () => 100, scenarios: 0, moreBlocks: false },
    ...changes,
  });

/** Two calls of 64 ms on 64 tokens, so a pace of 1 ms a token, in a process that took `overheadMs` besides. */
function learn(made: TimePlan, { group }: Step, overheadMs: number): void {
  const dense = timedVariant('dense', [[group.seqLen, group.seqLen]]);
  const wallMs = 2 * group.seqLen + overheadMs;
  made.learn({ ...timeBlock(0, [dense], { group, meanInputTokens: group.seqLen }), wallMs });
}

test('the rounds of time blocks share the time by the root of their tokens and a fixed part', () => {
  const steps = [step('time', 64), step('time', 256)];
  const [small = assert.fail(), large = assert.fail()] = steps;
  const made = plan(56_000);
  learn(made, small, 1000);
  learn(made, large, 3000);
  assert.equal(made.budgetMs(small, steps, 0), 1000 + 18_000); // 18 of 44 parts of 44 s
  assert.equal(made.budgetMs(large, [large], 19_000), 3000 + 26_000);
});

test('time lost early is taken from the blocks that follow, down to a least share', () => {
  const only = step('time', 64);
  const made = plan(38_000);
  learn(made, only, 0);
  assert.equal(made.budgetMs(only, [only], 25_000), 5000);
  assert.equal(made.budgetMs(only, [only], 60_000), 500);
});

test('a block is never given more than half of what would get it killed', () => {
  const only = step('time', 64);
  assert.equal(plan(1e6, { timeoutMs: 60_000 }).budgetMs(only, [only], 0), 30_000);
});

test('with an interval a block grows by a quarter of its first share at most; what is left makes more blocks', () => {
  const steps = [step('time', 64), step('time', 64)];
  const [one = assert.fail()] = steps;
  const made = plan(29_000, { moreBlocks: true });
  learn(made, one, 500);
  assert.equal(made.budgetMs(one, steps, 0), 500 + 10_000);
  assert.equal(made.budgetMs(one, [one], 0), 500 + 12_500);
  assert.ok(made.fits(one, 10_000)); // 10 s and 10.5 s are within 21 s
  assert.ok(!made.fits(one, 11_000));
});

test('what is not known yet is guessed from the pace of dense', () => {
  const made = plan(108_000);
  const time = step('time', 64);
  const accuracy = step('accuracy', 64);
  // 500 ms to start, 250 ms to load, 6,400 tokens at the first guess of 0.3 ms
  assert.equal(Math.round(made.budgetMs(accuracy, [accuracy], 0)), 2670);
  // 500 ms, two sessions, 8 inputs of 64 tokens each
  assert.equal(Math.round(made.budgetMs(time, [time, accuracy], 0)), 108_000 - 8000 - 2670);
  learn(made, time, 2000);
  assert.equal(made.budgetMs(accuracy, [accuracy], 0), 500 + 250 + 6400); // 1 ms a token now
  assert.equal(made.budgetMs(step('cost', 64), [], 0), 2250);
});

test('the time left is the budget while it holds, then what the steps need at least', () => {
  const steps = [step('accuracy', 64)];
  assert.equal(plan(38_000).remainingMs(steps, 10_000), 20_000);
  assert.equal(plan(38_000).remainingMs(steps, 40_000), 2670);
  assert.equal(plan(38_000).remainingMs([], 0), 0);
});
