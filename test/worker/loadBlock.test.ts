// Load scenarios from plan to summary, through real stream processes on the tiny zoo.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseScenarios } from '../../src/cli/benchValues.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { warmUps } from '../../src/worker/loadBlock.ts';
import { Workbench } from '../../src/run/workbench.ts';
import { stepsOf } from '../../src/plan/steps.ts';
import { tinyRun, type TinyRun } from '../fixtures/tinyRun.ts';

const never = new AbortController().signal;
const ALL = 'single-stream,offline,server';

function loaded(scenarios: Plan['scenarios'], methods: 'ltp'[] | ['dense'] = ['ltp']): TinyRun {
  const tiny = tinyRun({ methods: [...methods], seqLens: [32], batchSizes: [1] });
  const effort = { blocks: 1, scenarios, costs: 'none' as const, timeBudgetSeconds: 14, precision: null };
  const plan = { ...tiny.plan, ...effort };
  return { ...tiny, plan, run: { ...tiny.run, plan } };
}

test('all scenarios give rows, answers are checked, and a damaged point fails alone', async () => {
  const tiny = loaded(parseScenarios(ALL, { streams: 2, rate: '150' }));
  const sources = {
    ...tiny.sources,
    graph: async (...wanted: Parameters<typeof tiny.sources.graph>) => {
      const built = await tiny.sources.graph(...wanted);
      if (wanted[1].method !== 'dense-padded') return built;
      const path = `${built.path}.broken.onnx`;
      writeFileSync(path, 'not a graph');
      return { ...built, path };
    },
  };
  const { summary } = await benchRun({ ...tiny, sources, signal: never });
  assert.deepEqual(summarySchema.parse(JSON.parse(readFileSync(tiny.folder.summaryPath, 'utf8'))), summary);
  const rows = summary.scenarios;
  assert.equal(rows.length, 9);
  for (const row of rows) {
    if (row.method === 'dense-padded') {
      assert.equal(row.status, 'failed');
      assert.match(row.reason ?? '', /load: /);
      continue;
    }
    assert.equal(row.status, 'ok', row.reason);
    assert.ok(row.requestsPerSecond! > 0 && row.utilisation! > 0 && row.utilisation! <= 1);
    assert.equal(row.scenario.streams, row.scenario.name === 'single-stream' ? 1 : 2);
    assert.equal(row.scenario.ratePerSecond, row.scenario.name === 'server' ? 150 : null);
    if (row.scenario.name === 'offline') assert.equal(row.latencyMs, null);
    else assert.ok(row.latencyMs!.p50 > 0 && row.harnessMs! > 0);
    if (row.method !== 'dense') assert.ok(row.vsDense);
  }
});

test('the pool of a load step is large, holds the timed texts, and streams are settled by the machine', async () => {
  const tiny = loaded(parseScenarios(ALL, { streams: undefined, rate: undefined }));
  const plan = { ...tiny.plan, accuracyThreads: 6 };
  const taskOf = async (kind: 'load' | 'time') => {
    const step = stepsOf(plan).find((one) => one.kind === kind)!;
    return (await new Workbench(plan, tiny.sources).prepare(step)).task({ budgetMs: 1000 }, new Set())!;
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
    ALL.split(',').map((name) => [name, null, null]),
  );
});
