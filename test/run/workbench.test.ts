import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../src/plan/plan.ts';
import { stepsOf, type Step } from '../../src/plan/steps.ts';
import { Workbench, type PreparedStep } from '../../src/run/workbench.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';

const tiny = tinyRun({ methods: ['dense', 'ltp'] });
const SHARE = { budgetMs: 1000 };
const NONE: ReadonlySet<string> = new Set();

function step(kind: Step['kind'], block = 0, plan: Plan = tiny.plan): Step {
  const found = stepsOf(plan).find((one) => one.kind === kind && one.block === block);
  assert.ok(found);
  return found;
}

const prepare = (wanted: Step, changes: Partial<typeof tiny> = {}): Promise<PreparedStep> => {
  const { plan, sources } = { ...tiny, ...changes };
  return new Workbench(plan, sources).prepare(wanted);
};

test('a job holds ids and paths, and all blocks of a group have the same inputs', async () => {
  const [first, second] = [await prepare(step('time')), await prepare(step('time', 1))];
  const [job, other] = [first.job(SHARE, NONE), second.job(SHARE, NONE)];
  assert.ok(job?.kind === 'time' && other?.kind === 'time');
  assert.deepEqual(job.inputs, other.inputs);
  assert.equal(first.definition, second.definition);
  assert.notEqual(job.seed, other.seed);
  assert.equal(job.inputs.length, 6); // 2048 tokens in batches of 2 x 160
  for (const batch of job.inputs) assert.equal(batch.length, 2);
  assert.deepEqual(
    job.variants.map(({ id }) => id),
    ['dense-padded', 'dense', 'ltp:x2'],
  );
});

test('a variant can be left out without changing the definition', async () => {
  const prepared = await prepare(step('time'));
  const job = prepared.job(SHARE, new Set(['ltp:x2']));
  assert.equal(job?.variants.length, 2);
  assert.equal(job.definition, prepared.definition);
  assert.equal(prepared.job(SHARE, new Set(['ltp:x2', 'dense', 'dense-padded'])), null);
});

test('accuracy is on other documents than the timed ones, sorted by length, every one with its label', async () => {
  const accuracy = (await prepare(step('accuracy'))).job(SHARE, NONE);
  const time = (await prepare(step('time'))).job(SHARE, NONE);
  assert.ok(accuracy?.kind === 'accuracy' && time);
  const sequences = accuracy.inputs.flat();
  assert.equal(sequences.length, 12);
  assert.equal(accuracy.labels.length, 12);
  assert.equal(accuracy.labels.filter((label) => label === 1).length, 6);
  const lengths = sequences.map((ids) => ids.length);
  assert.deepEqual(
    lengths,
    lengths.toSorted((a, b) => a - b),
  );
  const timed = new Set(time.inputs.flat().map((ids) => ids.join()));
  assert.ok(sequences.some((ids) => !timed.has(ids.join())));
});

test('the definition changes with the graphs, the inputs, the code, the versions and the environment, and with nothing else', async () => {
  const { sources, plan } = tiny;
  const same = await prepare(step('time'));
  const definitions = new Set([same.definition]);
  const versions = { ...sources.versions, onnxruntime: '1.31.0' };
  const otherGraph = async (...args: Parameters<typeof sources.graph>): ReturnType<typeof sources.graph> => ({
    ...(await sources.graph(...args)),
    sha256: 'another',
  });
  for (const changes of [
    { sources: { ...sources, versions } },
    { sources: { ...sources, code: 'another' } },
    { sources: { ...sources, graph: otherGraph } },
    { plan: { ...plan, seed: 1 } },
  ]) {
    definitions.add((await prepare(step('time'), changes)).definition);
  }
  process.env['MALLOC_ARENA_MAX'] = '1';
  definitions.add((await prepare(step('time'))).definition);
  delete process.env['MALLOC_ARENA_MAX'];
  assert.equal(definitions.size, 6);
  const slower = { plan: { ...plan, timeBudgetSeconds: 99, blocks: 9, timeoutSeconds: 9 } };
  assert.equal((await prepare(step('time'), slower)).definition, same.definition);
});

test('a point that cannot be built fails alone', async () => {
  const { sources } = tiny;
  const prepared = await prepare(step('time'), {
    sources: {
      ...sources,
      graph: (group, variant) =>
        variant.method === 'ltp' ? Promise.reject(new Error('truncated')) : sources.graph(group, variant),
    },
  });
  assert.deepEqual(prepared.failures, [{ phase: 'start', variants: ['ltp:x2'], reason: 'truncated' }]);
  assert.equal(prepared.job(SHARE, NONE)?.variants.length, 2);
});
