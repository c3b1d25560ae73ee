// What a load step asks for. Real stream processes: loadBlock.processes.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScenarios } from '../../src/cli/benchValues.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { warmUps } from '../../src/worker/loadBlock.ts';
import { Workbench } from '../../src/run/workbench.ts';
import { stepsOf } from '../../src/plan/steps.ts';
import { loadedRun, SCENARIOS } from '../fixtures/loadedRun.ts';

test('the pool of a load step is large, holds the timed texts, and streams are settled by the machine', async () => {
  const tiny = loadedRun(parseScenarios(SCENARIOS, { streams: undefined, rate: undefined }));
  const plan = { ...tiny.plan, accuracyThreads: 6 };
  const taskOf = async (kind: 'load' | 'time') => {
    const step = stepsOf(plan).find((one) => one.kind === kind)!;
    return (await new Workbench(plan, tiny.sources).prepare(step)).job({ budgetMs: 1000 }, new Set())!;
  };
  const [load, time] = [await taskOf('load'), await taskOf('time')];
  assert.ok(load.kind === 'load');
  assert.equal(load.inputs.length, 256);
  const known = new Set(load.inputs.map(String));
  assert.ok(time.inputs.every((input) => known.has(String(input))));
  assert.deepEqual(
    load.scenarios.map(({ streams }) => streams),
    [1, 6, 6],
  );
});

test('sessions warm up on inputs of all sizes, the largest included', () => {
  const inputs = Array.from({ length: 40 }, (_, index) => [Array.from({ length: index + 1 }, () => 1)]);
  const chosen = warmUps(inputs);
  assert.equal(chosen.length, 16);
  assert.ok(chosen.includes(39) && chosen.includes(0));
  assert.deepEqual(warmUps([[[1]]]), [0]);
});

test('the suite `serving` has all scenarios, with streams and rate left to the machine', () => {
  const { scenarios } = loadSuite('serving');
  assert.deepEqual(
    scenarios.map(({ name, streams, ratePerSecond }) => [name, streams, ratePerSecond]),
    SCENARIOS.split(',').map((name) => [name, null, null]),
  );
});
