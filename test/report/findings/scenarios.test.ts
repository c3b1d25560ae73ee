import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { scenarioRows } from '../../../src/rows/load/scenarioRows.ts';
import { loadBlock, wantedLoad } from '../../fixtures/load.ts';
import { chartsOf, markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

function underLoad(): Summary {
  const scenarios = scenarioRows([wantedLoad], [loadBlock()]);
  const failed = { ...scenarios[5]!, status: 'failed' as const, reason: 'crash: a stream ended', tail: null };
  return { ...fixtureSummary(), scenarios: [...scenarios.slice(0, 5), failed] };
}

test('the table has a block for each scenario, and a failed row says why', () => {
  const text = tableOf(underLoad());
  assert.match(text, /server, 2 streams, 100 requests a second: length 128, batch 1/);
  assert.match(text, /offline, 2 streams: length 128/);
  assert.match(text, /2\.00x \[2\.00\.\.2\.00\]/);
  assert.match(text, /ltp:x2 +failed: crash: a stream ended/);
  assert.match(markdownOf(underLoad()), /## Under load/);
});

test('the page has the section with its charts and its table', () => {
  const page = pageOf(underLoad());
  assert.match(page, /<section id="scenarios"/);
  assert.match(page, /href="#scenarios"/);
  assert.match(page, /chart-latency-tail-single-stream-length128-batch1/);
  assert.match(page, /What happened under load/);
});

test('a chart of the tail has the slowest shares of every variant, on logarithmic axes', () => {
  const spec = chartsOf(underLoad()).find(({ id }) => id.startsWith('latency-tail-single-stream'));
  assert.ok(spec);
  assert.deepEqual([spec.x.scale, spec.y.scale], ['log', 'log']);
  assert.deepEqual(
    spec.series.map(({ label }) => label),
    ['dense', 'ltp:x2'],
  );
  assert.equal(spec.series[0]!.points.at(-1)!.y, 1); // 1000 requests: ten are slower
  assert.ok(spec.table.rows.every((row) => row.length === spec.table.headers.length));
});

test('a run without scenarios says nothing of them', () => {
  const plain = { ...fixtureSummary(), scenarios: [] };
  assert.ok(!pageOf(plain).includes('id="scenarios"'));
  assert.ok(!markdownOf(plain).includes('Under load'));
  assert.ok(!tableOf(plain).includes('busy ='));
});
