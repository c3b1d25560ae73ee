import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailedBlock } from '../../../src/core/schema/block.ts';
import { loadBlockSchema, scenarioRowSchema } from '../../../src/core/schema/scenario.ts';
import { SCHEMA_VERSION } from '../../../src/core/schema/version.ts';
import { offeredLoad, overloadDoubts } from '../../../src/rows/load/overload.ts';
import { scenarioRows } from '../../../src/rows/load/scenarioRows.ts';
import { summariseTail, tailCurve } from '../../../src/stats/tail.ts';
import { loadBlock, loadGroup, loadScenario, SCENARIOS, wantedLoad } from '../../fixtures/load.ts';

const [SINGLE, , SERVER] = SCENARIOS as [(typeof SCENARIOS)[0], (typeof SCENARIOS)[0], (typeof SCENARIOS)[0]];

test('a row for every variant under every scenario, with figures that can be worked out by hand', () => {
  const rows = scenarioRows([wantedLoad], [loadBlockSchema.parse(loadBlock())]);
  assert.equal(rows.length, 6);
  for (const row of rows) assert.deepEqual(scenarioRowSchema.parse(row), row);
  const find = (name: string, method: string) =>
    rows.find((row) => row.scenario.name === name && row.method === method)!;
  const single = find('single-stream', 'ltp');
  assert.equal(single.status, 'ok');
  assert.ok(Math.abs(single.latencyMs!.p50 - 4.2475) < 0.01);
  assert.equal(single.latencyMs!.n, 1000);
  assert.ok(Math.abs(single.vsDense!.p50!.median - 2) < 1e-9);
  assert.ok(Math.abs(single.vsDense!.p99!.median - 2) < 1e-9);
  assert.equal(single.vsDense!.throughput, null);
  assert.ok(Math.abs(single.harnessMs! - 0.25) < 1e-9);
  assert.ok(Math.abs(single.requestsPerSecond! - 200) < 1e-9);
  const offline = find('offline', 'ltp');
  assert.equal(offline.latencyMs, null);
  assert.ok(Math.abs(offline.vsDense!.throughput!.median - 2) < 1e-9);
  assert.ok(Math.abs(offline.utilisation! - 7.495 / 20) < 1e-3);
  assert.equal(find('offline', 'dense').vsDense, null);
  assert.equal(find('server', 'dense').scenario.ratePerSecond, 100);
  assert.equal(find('server', 'dense').validity!.verdict, 'VALID');
});

test('percentiles and points of the tail are withheld where requests are too few', () => {
  const values = (n: number): number[] => Array.from({ length: n }, (_, index) => index);
  assert.deepEqual(
    [99, 100, 199, 200, 999, 1000].map((n) => {
      const { p90, p95, p99 } = summariseTail(values(n));
      return [p90 !== null, p95 !== null, p99 !== null].map(Number).join('');
    }),
    ['000', '100', '100', '110', '110', '111'],
  );
  assert.equal(tailCurve(values(1000)).at(-1)!.share, 0.01);
  assert.equal(tailCurve(values(12)).at(-1)!.share, 0.5);
  const few = loadBlock({ scenarios: [loadScenario(SERVER, 2, 40)] });
  const row = scenarioRows([{ ...wantedLoad, scenarios: [SERVER] }], [few])[1]!;
  assert.equal(row.latencyMs!.p90, null);
  assert.equal(row.vsDense!.p99, null);
  assert.ok(row.vsDense!.p50 !== null);
});

test('a variant that failed is a failed row, one that the run did not reach is skipped', () => {
  const failure: FailedBlock = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'failed',
    of: 'load',
    definition: 'd',
    startedAt: '',
    wallMs: 0,
    group: loadGroup,
    block: 0,
    phase: 'crash',
    variants: ['ltp:x2'],
    reason: 'a stream ended by SIGSEGV',
  };
  const [one] = loadBlock({ scenarios: [loadScenario(SINGLE, 4, 50)] }).scenarios;
  const block = loadBlock({ scenarios: [{ ...one!, variants: one!.variants.slice(0, 1) }] });
  const wanted = { ...wantedLoad, scenarios: [SINGLE] };
  const [dense, ltp] = scenarioRows([wanted], [block, failure]);
  assert.equal(dense!.status, 'ok');
  assert.deepEqual([ltp!.status, ltp!.reason], ['failed', 'crash: a stream ended by SIGSEGV']);
  assert.equal(ltp!.validity, null);
  assert.equal(scenarioRows([wanted], [])[0]!.status, 'skipped');
  const impossible = { ...one!, variants: [], reason: 'too short' };
  const [row] = scenarioRows([wanted], [loadBlock({ scenarios: [impossible] })]);
  assert.deepEqual([row!.status, row!.reason], ['failed', 'too short']);
});

test('requests that come faster than they are answered are said to', () => {
  const calm = loadScenario(SERVER, 4, 100);
  const [dense] = calm.variants;
  assert.deepEqual(overloadDoubts(SERVER, calm.requests, dense!), []);
  assert.ok(Math.abs(offeredLoad(calm.requests, 8, 2) - 0.4) < 1e-9); // 8 ms each 10 ms, on two streams
  const one = { ...SERVER, streams: 1 };
  const slow = { ...dense!, latencyMs: dense!.latencyMs.map((ms) => ms + 4) };
  const [doubt] = overloadDoubts(one, calm.requests, slow);
  assert.equal(doubt!.code, 'overload');
  assert.match(doubt!.message, /120 % of what 1 stream/);
  assert.match(doubt!.advice!, /--rate/);
  const cut = overloadDoubts(SERVER, calm.requests, { ...dense!, abandoned: 3 });
  assert.match(cut[0]!.message, /3 requests were given up/);
  assert.deepEqual(overloadDoubts(SINGLE, calm.requests, slow), []);
  const given = { ...calm, variants: calm.variants.map((own) => ({ ...own, abandoned: 3 })) };
  const rows = scenarioRows([{ ...wantedLoad, scenarios: [SERVER] }], [loadBlock({ scenarios: [given] })]);
  assert.equal(rows[1]!.vsDense, null); // of lower bounds there is no ratio
  assert.equal(rows[1]!.validity!.verdict, 'PROVISIONAL');
});
