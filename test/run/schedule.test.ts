import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../../src/core/schema/block.ts';
import { makePlan, type Plan } from '../../src/plan/plan.ts';
import { Schedule, type ScheduleOptions } from '../../src/run/schedule.ts';
import { timeBlock } from '../fixtures/blocks.ts';

function planWith(interval: number | null, blocks: number): Plan {
  return makePlan(
    {
      suite: {
        ...{ name: 'test', summary: '', sweeps: [{ seqLens: [16, 32], batchSizes: [1] }], blocks, interval },
        ...{ minRounds: 1, timeBudgetSeconds: 20, timeoutSeconds: 5, accuracyExamples: 10 },
        ...{ costs: 'none', scenarios: [] },
      },
      ...{ axes: { methods: ['dense'] }, effort: {}, task: 'reviews', dataDir: null },
      ...{ accuracyThreads: 1, seed: 0 },
    },
    [{ name: 'small', origin: 'shipped' as const, maxPositions: 64, points: [] }],
  );
}

/** Runs a schedule to its end; `width` says how wide a group's ratios are after so many of its blocks. */
function play(
  plan: Plan,
  width: (seqLen: number, blocks: number) => number,
  changes: Partial<ScheduleOptions> = {},
  stored: readonly Block[] = [],
): string[] {
  const done: string[] = [];
  const count = (seqLen: number): number => done.filter((name) => name.startsWith(`time s${seqLen} `)).length;
  const options: ScheduleOptions = {
    plan,
    impossible: () => false,
    widthOf: ({ group }) => (count(group.seqLen) === 0 ? null : width(group.seqLen, count(group.seqLen))),
    fits: () => true,
    ...changes,
  };
  const schedule = new Schedule(options, stored);
  for (let next = schedule.next([]); next !== null; next = schedule.next([])) {
    assert.equal(next.ahead[0], next.step);
    done.push(`${next.step.kind} s${next.step.group.seqLen} ${next.step.block}`);
    assert.ok(done.length < 200, 'no end');
  }
  return done;
}

const times = (done: readonly string[], seqLen: number): number =>
  done.filter((name) => name.startsWith(`time s${seqLen} `)).length;

test('without an interval every group gets the planned blocks, in turns', () => {
  const done = play(planWith(null, 3), () => 1);
  assert.deepEqual(
    done.filter((name) => name.startsWith('time')),
    ['time s16 0', 'time s32 0', 'time s16 1', 'time s32 1', 'time s16 2', 'time s32 2'],
  );
});

test('a group that is precise after the least number of blocks gets no more', () => {
  const done = play(planWith(0.01, 8), () => 0.005);
  assert.deepEqual([times(done, 16), times(done, 32)], [5, 5]);
});

test('further blocks go to the group that is farthest from the precision, until it has it', () => {
  const done = play(planWith(0.01, 8), (seqLen, blocks) => (seqLen === 16 ? 0.005 : 0.05 / blocks));
  assert.deepEqual([times(done, 16), times(done, 32)], [5, 5]);
  const wide = play(planWith(0.01, 8), (seqLen, blocks) => (seqLen === 16 ? 0.005 : 0.1 / blocks));
  assert.deepEqual([times(wide, 16), times(wide, 32)], [5, 10]);
});

test('blocks are numbered on, each once', () => {
  const done = play(planWith(0.01, 6), (_, blocks) => 0.08 / blocks);
  assert.equal(new Set(done).size, done.length);
  assert.ok(done.includes('time s16 7') && !done.includes('time s16 8'));
});

test('a group that never becomes precise ends at four times its blocks, or when the time is over', () => {
  assert.equal(
    times(
      play(planWith(0.01, 6), () => 1),
      16,
    ),
    24,
  );
  let left = 3;
  const done = play(planWith(0.01, 6), () => 1, { fits: () => left-- > 0 });
  assert.ok(times(done, 16) + times(done, 32) < 14);
});

test('stored blocks beyond the fixed ones come before new ones, and are not numbered again', () => {
  const plan = planWith(0.01, 6);
  const [planned = assert.fail()] = plan.groups;
  const stored = [5, 6].map((number) => timeBlock(number, [], { group: planned.group }));
  const done = play(plan, (_, blocks) => 0.08 / blocks, {}, stored);
  assert.deepEqual(done.filter((name) => name.startsWith('time s16')).slice(5), [
    'time s16 5',
    'time s16 6',
    'time s16 7',
  ]);
});

test('what is ahead counts the blocks that imprecise groups will need at least', () => {
  const schedule = new Schedule(
    { plan: planWith(0.01, 8), impossible: () => false, widthOf: () => null, fits: () => true },
    [],
  );
  // 2 groups: time, profile, accuracy, 4 more fixed blocks and 3 to the planned 8
  assert.equal(schedule.next([])?.ahead.length, 2 * (3 + 4 + 3));
});

test('a group that cannot be measured has no steps', () => {
  const done = play(planWith(0.01, 8), () => 1, { impossible: ({ seqLen }) => seqLen === 16 });
  assert.equal(times(done, 16), 0);
});
