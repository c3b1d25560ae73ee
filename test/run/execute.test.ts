import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupKey } from '../../src/core/keys.ts';
import type { Block } from '../../src/core/schema/block.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { execute, type Execution, type Watcher } from '../../src/run/execute.ts';
import type { Outcome } from '../../src/run/spawn.ts';
import type { LoadJob, Job } from '../../src/worker/job.ts';
import { TimePlan } from '../../src/run/timePlan.ts';
import type { PreparedStep } from '../../src/run/workbench.ts';
import {
  accuracyBlock,
  costBlock,
  failedBlock,
  profileBlock,
  profiledVariant,
  timeBlock,
  timedVariant,
} from '../fixtures/blocks.ts';

const PLAN = makePlan(
  {
    suite: {
      ...{
        name: 'test',
        summary: '',
        sweeps: [{ seqLens: [16, 32], batchSizes: [1] }],
        blocks: 2,
        minRounds: 1,
      },
      ...{ timeBudgetSeconds: 20, timeoutSeconds: 5, accuracyExamples: 10 },
      ...{ interval: null, costs: 'none', scenarios: [] },
    },
    ...{
      axes: { methods: ['dense', 'ltp'] },
      effort: {},
      task: 'reviews',
      dataDir: null,
      accuracyThreads: 1,
      seed: 0,
    },
  },
  [{ name: 'small', origin: 'shipped' as const, maxPositions: 64, points: [{ name: 'x2', method: 'ltp' }] }],
);

const SCENARIO: LoadJob['scenarios'] = [{ name: 'single-stream', streams: 1, ratePerSecond: null }];

type Answer = (job: Job) => Outcome;

/** An executor whose workers answer from a function. */
class Scene {
  readonly written: string[] = [];
  readonly launched: string[] = [];
  readonly said: string[] = [];
  readonly controller = new AbortController();
  answer: Answer = (job) => done(job);
  definition = 'd';
  plan = PLAN;

  async run(stored: readonly Block[] = []): Promise<Block[]> {
    const watcher: Watcher = {
      begin: () => undefined,
      end: () => undefined,
      say: (line) => this.said.push(line),
    };
    const execution: Execution = {
      plan: this.plan,
      folder: {
        writeBlock: (block) => this.written.push(label(block)),
        clearFailures: () => undefined,
        retire: (block) => this.said.push(`retired ${label(block)}`),
      },
      workbench: { prepare: (step) => Promise.resolve(this.prepared(step)) },
      timePlan: new TimePlan({
        budgetMs: 20_000,
        timeoutMs: 10_000,
        examples: () => 10,
        scenarios: 0,
        moreBlocks: false,
      }),
      launch: (job) => {
        this.launched.push(`${job.kind}${job.kind === 'time' ? job.block : ''} s${job.group.seqLen}`);
        return Promise.resolve(this.answer(job));
      },
      environment: () => ({}),
      obstacle: () => null,
      watcher,
      signal: this.controller.signal,
      nowMs: () => 0,
      stored,
    };
    return execute(execution);
  }

  private prepared({
    kind,
    group,
    block,
    variants,
  }: Parameters<Execution['workbench']['prepare']>[0]): PreparedStep {
    const all = variants.map((variant) => ({
      id: variant.point === null ? variant.method : `${variant.method}:${variant.point}`,
      variant,
      graph: 'g',
    }));
    const base = { definition: this.definition, group, padId: 0, inputs: [[[1]]] };
    return {
      definition: this.definition,
      failures: [],
      job: ({ budgetMs }, without) => {
        const left = all.filter(({ id }) => !without.has(id));
        if (kind === 'time')
          return { kind, ...base, variants: left, block, budgetMs, minRounds: 1, seed: '' };
        if (kind === 'profile')
          return { kind, ...base, variants: left.map((one) => ({ ...one, flopsModel: null })) };
        if (kind === 'cost') return { kind, ...base, variants: left, block };
        if (kind === 'load')
          return { kind, ...base, variants: left, block, scenarios: SCENARIO, budgetMs, seed: '' };
        return {
          kind,
          ...base,
          variants: left,
          labels: [1],
          ...{ metric: 'accuracy', alsoMetrics: [], examplesDigest: '', truncated: 0 },
        };
      },
    };
  }
}

function label(block: Block): string {
  const ids = block.kind === 'failed' ? `!${block.phase}[${block.variants.join()}]` : '';
  const number = 'block' in block ? block.block : '';
  return `${block.kind === 'failed' ? block.of : block.kind}${number} s${block.group.seqLen}${ids}`;
}

function done(job: Job): Outcome {
  const { group, definition, variants } = job;
  const changes = { group, definition };
  const own = variants.map(({ id }) => timedVariant(id, [[1, 1]]));
  switch (job.kind) {
    case 'time':
      return { status: 'done', result: { block: timeBlock(job.block, own, changes), failures: [] } };
    case 'profile':
      return {
        status: 'done',
        result: {
          block: { ...profileBlock(variants.map(({ id }) => profiledVariant(id, 1))), ...changes },
          failures: [],
        },
      };
    case 'cost': {
      const block = costBlock(variants[0]?.id ?? '', job.block, changes);
      return { status: 'done', result: { block, failures: [] } };
    }
    case 'load':
      throw new Error('not planned here');
    case 'accuracy':
      return {
        status: 'done',
        result: {
          block: {
            ...accuracyBlock(
              [1],
              variants.map(({ id }) => ({ id, predictions: [1] })),
            ),
            ...changes,
          },
          failures: [],
        },
      };
  }
}

const ORDER = [
  ...['time0 s16', 'profile s16', 'accuracy s16', 'time0 s32', 'profile s32', 'accuracy s32'],
  ...['time1 s16', 'time1 s32'],
];

test('every step is launched once, in order, and stored when it is done', async () => {
  const scene = new Scene();
  const blocks = await scene.run();
  assert.deepEqual(scene.launched, ORDER);
  assert.deepEqual(scene.written, ORDER);
  assert.equal(blocks.length, 8);
});

test('stored blocks of the same definition are not made again', async () => {
  const first = new Scene();
  const blocks = await first.run();
  const second = new Scene();
  const again = await second.run(blocks.filter((block) => label(block) !== 'time1 s16'));
  assert.deepEqual(second.launched, ['time1 s16']);
  assert.equal(again.length, 8);
});

test('stored blocks of another definition are put aside and made anew', async () => {
  const blocks = await new Scene().run();
  const scene = new Scene();
  scene.definition = 'another';
  const again = await scene.run(blocks);
  assert.deepEqual(scene.launched, ORDER);
  assert.equal(scene.said.filter((line) => line.startsWith('retired')).length, 8);
  assert.ok(again.every((block) => block.definition === 'another'));
});

test('a failure that is stored is tried again', async () => {
  const blocks = (await new Scene().run()).filter((block) => label(block) !== 'time1 s16');
  const group = PLAN.groups[0]?.group;
  assert.ok(group);
  const scene = new Scene();
  const again = await scene.run([...blocks, failedBlock({ group, block: 1 })]);
  assert.deepEqual(scene.launched, ['time1 s16']);
  assert.ok(again.every(({ kind }) => kind !== 'failed'));
});

test('a killed worker costs its block only', async () => {
  const scene = new Scene();
  scene.answer = (job) =>
    job.kind === 'time' && job.block === 1 && job.group.seqLen === 16
      ? { status: 'failed', phase: 'memory', id: undefined, reason: 'out of memory during measure' }
      : done(job);
  const blocks = await scene.run();
  assert.deepEqual(scene.launched, ORDER);
  assert.deepEqual(
    scene.written.filter((name) => name.includes('!')),
    ['time1 s16!memory[]'],
  );
  assert.equal(blocks.filter(({ kind }) => kind !== 'failed').length, 7);
  assert.match(scene.said.join(), /all variants failed: out of memory during measure/);
});

test('a group whose first block fails gets no further time blocks', async () => {
  const scene = new Scene();
  scene.answer = (job) =>
    job.kind === 'time' && job.group.seqLen === 16
      ? { status: 'failed', phase: 'timeout', id: undefined, reason: 'no result after 5 s' }
      : done(job);
  await scene.run();
  assert.deepEqual(
    scene.launched,
    ORDER.filter((name) => name !== 'time1 s16'),
  );
});

test('a variant that takes the process down is left out and the others are measured', async () => {
  const scene = new Scene();
  scene.answer = (job) =>
    job.group.seqLen === 16 && job.variants.some(({ id }) => id === 'ltp:x2')
      ? {
          status: 'failed',
          phase: 'crash',
          id: 'ltp:x2',
          reason: 'worker ended by SIGSEGV during load of ltp:x2',
        }
      : done(job);
  const blocks = await scene.run();
  assert.deepEqual(scene.launched.slice(0, 3), ['time0 s16', 'time0 s16', 'profile s16']);
  assert.equal(
    scene.launched.filter((name) => name === 'time1 s16').length,
    1,
    'the culprit was tried again',
  );
  const failed = blocks.filter(({ kind }) => kind === 'failed').map(label);
  assert.deepEqual(failed, ['time0 s16!crash[ltp:x2]', 'accuracy0 s16!crash[ltp:x2]']);
  const time = blocks.find((block) => block.kind === 'time' && block.group.seqLen === 16);
  assert.deepEqual(time?.kind === 'time' && time.variants.map(({ id }) => id), ['dense-padded', 'dense']);
});

test('an interruption ends the run after the running block', async () => {
  const scene = new Scene();
  scene.answer = (job) => {
    if (job.kind !== 'profile') return done(job);
    scene.controller.abort();
    return { status: 'interrupted' };
  };
  const blocks = await scene.run();
  assert.deepEqual(scene.launched, ['time0 s16', 'profile s16']);
  assert.deepEqual(blocks.map(label), ['time0 s16']);
  assert.equal(groupKey(blocks[0]?.group ?? assert.fail()), 'small.reviews.full.cpu.fp32.t1.b1.s16');
});

const WITH_COSTS = { ...PLAN, costs: 'largest' } as const;

test('a cost block that fails is one failure of one variant, and nobody is left out for it', async () => {
  const scene = new Scene();
  scene.plan = WITH_COSTS;
  scene.answer = (job) =>
    job.kind === 'cost' && job.block === 2
      ? { status: 'failed', phase: 'crash', id: 'ltp:x2', reason: 'worker ended by SIGSEGV' }
      : done(job);
  const blocks = await scene.run();
  assert.equal(scene.launched.filter((name) => name === 'cost s32').length, 3, 'once a variant');
  assert.deepEqual(
    scene.written.filter((name) => name.startsWith('cost')),
    ['cost0 s32', 'cost1 s32', 'cost2 s32!crash[]'],
  );
  const last = blocks.find(
    (block) => block.kind === 'time' && block.block === 1 && block.group.seqLen === 32,
  );
  assert.equal(last?.kind === 'time' && last.variants.length, 3);
  assert.match(scene.said.join(), /cost 2: ltp:x2 failed: worker ended by SIGSEGV/);
  const again = new Scene();
  again.plan = WITH_COSTS;
  await again.run(blocks);
  const tried = again.launched.filter((name) => name.startsWith('cost'));
  assert.deepEqual(tried, ['cost s32'], 'only the failed one is tried again');
});

test('a group without any times gets no cost blocks', async () => {
  const scene = new Scene();
  scene.plan = WITH_COSTS;
  scene.answer = (job) =>
    job.kind === 'time' && job.group.seqLen === 32
      ? { status: 'failed', phase: 'timeout', id: undefined, reason: 'no result after 5 s' }
      : done(job);
  await scene.run();
  assert.ok(!scene.launched.includes('cost s32'));
});
