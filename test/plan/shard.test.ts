import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellKey, groupKey } from '../../src/core/keys.ts';
import type { SomeAxes } from '../../src/plan/axes.ts';
import { cellsOf, makePlan, tokensOf, type Plan } from '../../src/plan/plan.ts';
import { samePlan, sameWhole, shardOf } from '../../src/plan/shard.ts';
import { accuracyGroup, stepsOf } from '../../src/plan/steps.ts';
import { loadSuite } from '../../src/plan/suite.ts';

function planOf(axes: SomeAxes, changes: Partial<Parameters<typeof makePlan>[0]> = {}): Plan {
  const options = { suite: loadSuite('quick'), effort: {}, task: 'reviews', dataDir: null };
  const points = [{ name: 'x2', method: 'ltp' as const }];
  const catalogue = [{ name: 'small', origin: 'shipped' as const, maxPositions: 512, points }];
  const rest = { accuracyThreads: 1, seed: 0, ...changes };
  return makePlan({ ...options, ...rest, axes: { methods: ['dense', 'ltp'], ...axes } }, catalogue);
}

const PLAN = planOf({ seqLens: [16, 32, 64, 128, 256], batchSizes: [1, 8], threads: [1, 2] });
const shards = (plan: Plan, count: number): Plan[] =>
  Array.from({ length: count }, (_, index) => shardOf(plan, { index: index + 1, count }));

test('the shards are disjoint and together the plan, whatever their number', () => {
  for (const count of [1, 2, 3, 5, 7, 20, 33]) {
    const cells = shards(PLAN, count).flatMap((plan) => cellsOf(plan).map(cellKey));
    assert.equal(new Set(cells).size, cells.length);
    assert.deepEqual(cells.toSorted(), cellsOf(PLAN).map(cellKey).toSorted());
  }
});

test('a group stays whole, in the order of the plan, and the whole is remembered', () => {
  for (const plan of shards(PLAN, 3)) {
    for (const { group, variants } of plan.groups) {
      const planned = PLAN.groups.find((one) => groupKey(one.group) === groupKey(group));
      assert.deepEqual(variants, planned?.variants);
    }
    const keys = plan.groups.map(({ group }) => groupKey(group));
    const order = PLAN.groups.map(({ group }) => groupKey(group)).filter((key) => keys.includes(key));
    assert.deepEqual(keys, order);
    assert.deepEqual(plan.whole, PLAN.groups);
  }
});

test('the same plan is always dealt out alike, on machines with more threads and from a shard, too', () => {
  const [first] = shards(PLAN, 3);
  assert.deepEqual(shards(PLAN, 3)[0], first);
  assert.deepEqual(shards({ ...PLAN, accuracyThreads: 16 }, 3)[0]?.groups, first?.groups);
  assert.deepEqual(shards(first ?? assert.fail(), 3)[0], first);
  assert.deepEqual(shards({ ...PLAN, timeBudgetSeconds: 1 }, 3)[0]?.groups, first?.groups);
});

test('groups with one accuracy block stay together while that is fair', () => {
  const families = (plan: Plan): Set<string> =>
    new Set(plan.groups.map(({ group }) => groupKey(accuracyGroup(group, 1))));
  const [one, two] = shards(PLAN, 2).map(families);
  assert.deepEqual(
    [...(one ?? [])].filter((family) => two?.has(family)).length <= 1,
    true,
    'more than the heaviest family was split',
  );
  const single = planOf({ seqLens: [64], batchSizes: [1, 2, 4, 8] });
  assert.ok(
    shards(single, 2).every(({ groups }) => groups.length > 0),
    'one family can be split',
  );
});

test('the parts are about as heavy', () => {
  const weights = shards(PLAN, 4).map(({ groups }) =>
    groups.reduce((sum, { group }) => sum + tokensOf(group) / group.threads, 0),
  );
  assert.ok(Math.max(...weights) < 0.6 * weights.reduce((sum, one) => sum + one, 0), weights.join());
});

test('more shards than groups leave some empty', () => {
  const plan = planOf({ seqLens: [16], batchSizes: [1] });
  const sizes = shards(plan, 3).map(({ groups }) => groups.length);
  assert.deepEqual(sizes.toSorted(), [0, 0, 1]);
  assert.deepEqual(stepsOf(shards(plan, 3)[sizes.indexOf(0)] ?? assert.fail()), []);
});

test('the groups that cost blocks are made for are those of the whole plan', () => {
  const plan = planOf({ seqLens: [16, 128], batchSizes: [1, 8] }, { effort: { costs: 'largest' } });
  const costs = (one: Plan): string[] =>
    stepsOf(one)
      .filter(({ kind }) => kind === 'cost')
      .map(({ group, block }) => `${groupKey(group)} ${block}`);
  assert.deepEqual(shards(plan, 3).flatMap(costs).toSorted(), costs(plan).toSorted());
  assert.equal(costs(plan).length, 3);
});

test('plans are the same but for time, threads of the accuracy and the place of the texts', () => {
  const [one, two] = shards(PLAN, 2);
  assert.ok(one && two);
  assert.ok(sameWhole(one, two) && sameWhole(one, PLAN));
  assert.ok(!samePlan(one, two) && samePlan(one, { ...one, timeoutSeconds: 1, dataDir: '/elsewhere' }));
  assert.ok(!sameWhole(PLAN, { ...PLAN, seed: 1 }));
  assert.ok(!sameWhole(PLAN, { ...PLAN, blocks: 99 }));
  assert.ok(!sameWhole(PLAN, { ...PLAN, groups: PLAN.groups.slice(1) }));
});
