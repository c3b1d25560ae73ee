// Load scenarios from plan to summary, through real stream processes on the tiny zoo.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseScenarios } from '../../src/cli/benchValues.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { loadedRun, SCENARIOS } from '../fixtures/loadedRun.ts';
import type { TinyRun } from '../fixtures/tinyRun.ts';

const signal = new AbortController().signal;

interface Measured {
  readonly tiny: TinyRun;
  readonly summary: Summary;
}

/** With the point of dense-padded damaged. */
async function measureIn(timeBudgetSeconds: number): Promise<Measured> {
  const scenarios = parseScenarios(SCENARIOS, { streams: 2, rate: '150' });
  const tiny = loadedRun(scenarios, ['ltp'], timeBudgetSeconds);
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
  const { summary } = await benchRun({ ...tiny, sources, signal });
  return { tiny, summary };
}

/** A machine on which the time was too short for a scenario gets more. */
async function measured(): Promise<Measured> {
  for (const timeBudgetSeconds of [14, 60]) {
    const run = await measureIn(timeBudgetSeconds);
    if (!run.summary.scenarios.some(({ reason }) => /fewer than 10 requests/.test(reason ?? ''))) return run;
  }
  return measureIn(240);
}

test('all scenarios give rows, answers are checked, and a damaged point fails alone', async () => {
  const { tiny, summary } = await measured();
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
