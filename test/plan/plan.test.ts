import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cellKey, groupKey, variantKey } from '../../src/core/keys.ts';
import type { Catalogue } from '../../src/plan/catalogue.ts';
import {
  cellsOf,
  makePlan,
  planSchema,
  withBaselines,
  type Plan,
  type PlanOptions,
} from '../../src/plan/plan.ts';
import { accuracyGroup, inputCount, stepsOf } from '../../src/plan/steps.ts';
import { refuses } from '../fixtures/refuses.ts';
import { loadSuite, suiteNames, suitesFolder, type Suite } from '../../src/plan/suite.ts';

const CATALOGUE: Catalogue = [
  {
    name: 'small',
    origin: 'shipped' as const,
    maxPositions: 128,
    points: [
      { name: 'x2', method: 'ltp' },
      { name: 'x3', method: 'ltp' },
      { name: 'x2', method: 'topk' },
    ],
  },
];

const SUITE: Suite = {
  name: 'test',
  summary: '',
  sweeps: [{ seqLens: [16, 64], batchSizes: [1, 4] }],
  blocks: 2,
  minRounds: 1,
  timeBudgetSeconds: 10,
  timeoutSeconds: 5,
  accuracyExamples: 10,
  interval: null,
  costs: 'none',
  scenarios: [],
};

function plan(changes: Partial<PlanOptions> = {}, catalogue = CATALOGUE): Plan {
  const options = {
    suite: SUITE,
    axes: {},
    effort: {},
    task: 'reviews',
    dataDir: null,
    accuracyThreads: 2,
    seed: 0,
  };
  return makePlan({ ...options, ...changes }, catalogue);
}

test('the cells are the product of the lists, each method at its main point, in order of tokens', () => {
  const made = plan();
  assert.deepEqual(
    made.groups.map(({ group }) => groupKey(group)),
    [
      'small.reviews.full.cpu.fp32.t1.b1.s16',
      'small.reviews.full.cpu.fp32.t1.b4.s16',
      'small.reviews.full.cpu.fp32.t1.b1.s64',
      'small.reviews.full.cpu.fp32.t1.b4.s64',
    ],
  );
  assert.deepEqual(made.groups[0]?.variants.map(variantKey), ['dense-padded', 'dense', 'ltp:x2', 'topk:x2']);
  assert.equal(cellsOf(made).length, 16);
  assert.equal(new Set(cellsOf(made).map(cellKey)).size, 16);
  assert.deepEqual(planSchema.parse(JSON.parse(JSON.stringify(made))), made);
});

test('flags replace the axes of every sweep, and equal cells of two sweeps are measured once', () => {
  const suite = { ...SUITE, sweeps: [{ seqLens: [16] }, { seqLens: [16], text: ['ragged' as const] }] };
  const made = plan({ suite, axes: { text: ['full'], batchSizes: [2], points: ['all'] } });
  assert.equal(made.groups.length, 1);
  assert.deepEqual(made.groups[0]?.variants.map(variantKey).slice(2), ['ltp:x2', 'ltp:x3', 'topk:x2']);
});

test('flags on the effort replace the numbers of the suite', () => {
  const made = plan({ effort: { blocks: 7, timeBudgetSeconds: undefined } });
  assert.equal(made.blocks, 7);
  assert.equal(made.timeBudgetSeconds, 10);
});

test('a pruned method brings both dense baselines, dense alone brings none', () => {
  assert.deepEqual(withBaselines(['ltp']), ['dense-padded', 'dense', 'ltp']);
  assert.deepEqual(withBaselines(['dense']), ['dense']);
  assert.deepEqual(withBaselines(['dense-padded']), ['dense-padded', 'dense']);
});

test('what the zoo does not have is refused by name', () => {
  refuses(() => plan({ axes: { models: ['big'] } }), /unknown model "big" \(legal: shipped, all, small\)/);
  refuses(
    () => plan({ axes: { points: ['x9'] } }),
    /has no point "x9" \(did you mean x2\? legal: main, all, x2, x3\)/,
  );
  refuses(
    () => plan({ axes: { methods: ['transkimmer'] } }),
    /no chosen model has a chosen point of "transkimmer"/,
  );
  refuses(() => plan({ axes: { seqLens: [256] } }), /256 is more than the 128 positions of model "small"/);
});

test('every group gets its first block, profile and accuracy before any gets a second block', () => {
  const steps = stepsOf(plan()).map(
    ({ kind, group, block }) => `${kind}${block} s${group.seqLen} b${group.batch}`,
  );
  assert.deepEqual(steps, [
    ...['time0 s16 b1', 'profile0 s16 b1', 'accuracy0 s16 b16', 'time0 s16 b4', 'profile0 s16 b4'],
    ...['time0 s64 b1', 'profile0 s64 b1', 'accuracy0 s64 b16', 'time0 s64 b4', 'profile0 s64 b4'],
    ...['time1 s16 b1', 'time1 s16 b4', 'time1 s64 b1', 'time1 s64 b4'],
  ]);
});

test('accuracy is shared by batch sizes and threads', () => {
  const [first, second] = plan({ axes: { threads: [1, 2] } }).groups;
  assert.ok(first && second);
  assert.deepEqual(
    accuracyGroup(first.group, 2),
    accuracyGroup({ ...first.group, batch: 32, threads: 2 }, 2),
  );
});

test('a task that cannot be composed has one accuracy a length, on its examples, whatever is timed', () => {
  const made = plan({ composable: false, axes: { text: ['full', 'natural'] } });
  const accuracies = stepsOf(made).filter(({ kind }) => kind === 'accuracy');
  assert.deepEqual(
    accuracies.map(({ group }) => `${group.text} s${group.seqLen}`),
    ['natural s16', 'natural s64'],
  );
  const texts = made.groups.map(({ group, accuracyText }) => [group.text, accuracyText]);
  assert.ok(texts.every(([text, answered]) => answered === (text === 'full' ? 'natural' : undefined)));
  const timed = stepsOf(made).find(({ kind, group }) => kind === 'time' && group.text === 'full');
  assert.equal(timed?.accuracyText, 'natural');
  assert.ok(plan().groups.every(({ accuracyText }) => accuracyText === undefined));
});

test('short inputs get eight batches, long ones at least two', () => {
  const [planned] = plan().groups;
  assert.ok(planned);
  const { group } = planned;
  assert.equal(inputCount({ ...group, batch: 1, seqLen: 32 }), 8);
  assert.equal(inputCount({ ...group, batch: 8, seqLen: 128 }), 2);
  assert.equal(inputCount({ ...group, batch: 64, seqLen: 512 }), 2);
  assert.equal(inputCount({ ...group, batch: 8, seqLen: 512, text: 'natural' }), 8);
});

test('the suites of the repository can be read, each under its own name', () => {
  const documented = ['batch', 'lengths', 'paper', 'quick', 'ragged', 'serving'];
  assert.deepEqual(
    documented.filter((name) => !suiteNames().includes(name)),
    [],
  );
  for (const name of suiteNames()) assert.equal(loadSuite(name).name, name);
  refuses(() => loadSuite('fast'), new RegExp(`"fast" \\(legal: ${suiteNames().join(', ')}\\)`));
});

test('a JSON file in the folder of suites is all that a new suite needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suites-'));
  cpSync(suitesFolder(), folder, { recursive: true });
  const quick = JSON.parse(readFileSync(join(folder, 'quick.json'), 'utf8')) as object;
  const mine = { ...quick, name: 'mine', summary: 'one length', sweeps: [{ seqLens: [32] }], blocks: 3 };
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(mine));
  assert.deepEqual(suiteNames(folder), [...suiteNames(), 'mine'].sort());
  const made = plan({ suite: loadSuite('mine', folder), axes: { batchSizes: [1] } });
  assert.equal(made.suite, 'mine');
  assert.equal(made.blocks, 3);
  assert.deepEqual(
    made.groups.map(({ group }) => group.seqLen),
    [32],
  );
  refuses(() => loadSuite('other', folder), /unknown suite "other" \(legal: .*mine/);
});

test('a model without an accuracy gets no accuracy step, and its groups say why', () => {
  const silent = CATALOGUE.map((model) => ({ ...model, noAccuracy: 'random weights' }));
  const made = plan({}, silent);
  assert.ok(made.groups.every(({ noAccuracy }) => noAccuracy === 'random weights'));
  assert.deepEqual(planSchema.parse(JSON.parse(JSON.stringify(made))), made);
  assert.ok(stepsOf(made).every(({ kind }) => kind !== 'accuracy'));
  assert.ok(stepsOf(plan()).some(({ kind }) => kind === 'accuracy'));
});
