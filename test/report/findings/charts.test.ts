import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChartSpec } from '../../../src/report/findings/charts/chartSpec.ts';
import { operatorClass } from '../../../src/report/findings/operatorClasses.ts';
import { chartsOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

function chart(id: string, summary = fixtureSummary()): ChartSpec {
  const found = chartsOf(summary).find((spec) => spec.id === id);
  assert.ok(found, id);
  return found;
}

test('every chart has its own id, axis titles, a caption and its numbers as a table', () => {
  const specs = chartsOf(fixtureSummary());
  assert.equal(new Set(specs.map(({ id }) => id)).size, specs.length);
  for (const { id, x, y, caption, table } of specs) {
    assert.ok(x.title !== '' && y.title !== '' && caption !== '', id);
    assert.ok(table.rows.length > 0 && table.rows.every((row) => row.length === table.headers.length), id);
  }
});

test('charts are pure data', () => {
  const specs = chartsOf(fixtureSummary());
  assert.deepEqual(JSON.parse(JSON.stringify(specs)), specs);
});

test('speed-up has interval ends, the noise band and the lengths of the run as ticks', () => {
  const spec = chart('speedup-vs-dense-batch8');
  assert.deepEqual(spec.x.ticks, [32, 128]);
  assert.deepEqual(spec.band, [
    { x: 32, low: 0.988, high: 1.012 },
    { x: 128, low: 0.989, high: 1.011 },
  ]);
  const point = spec.series.find(({ label }) => label === 'ltp:x2')?.points[0];
  assert.ok(point?.low !== undefined && point.low < point.y && (point.high ?? 0) > point.y);
});

test('a failed cell leaves a gap in the series and a word in the table', () => {
  const spec = chart('speedup-vs-dense-batch8');
  assert.equal(spec.series.find(({ label }) => label === 'topk:x2')?.points.length, 1);
  assert.deepEqual(spec.table.rows.find(([name]) => name === 'topk:x2')?.at(-1), 'failed');
});

test('a point is dominated when another is at least as good in both and better in one', () => {
  const spec = chart('accuracy-vs-flops-length128');
  const dominated = new Map(spec.series.map(({ label, points }) => [label, points[0]?.dominated]));
  assert.equal(dominated.get('ltp:x2'), false);
  assert.equal(dominated.get('threshold:x2'), true);
  assert.equal(dominated.get('dense-padded'), true);
});

test('a method without accuracy is absent from the accuracy charts', () => {
  assert.ok(chart('accuracy-vs-flops-length32').series.every(({ role }) => role !== 'transkimmer'));
});

test('kept tokens start at the whole input', () => {
  const spec = chart('kept-tokens-length128');
  assert.ok(spec.series.every(({ points }) => points[0]?.y === 100 && points.length === 7));
  assert.ok(
    spec.series.some(({ role }) => role === 'topk'),
    'from the batch size that did not fail',
  );
});

test('two points of a method differ by dash and a written name in every chart', () => {
  const summary = fixtureSummary();
  summary.rows.push(
    ...fixtureSummary()
      .rows.filter(({ method }) => method === 'ltp')
      .map((row) => ({ ...row, point: 'x3' })),
  );
  const dashes = chartsOf(summary)
    .flatMap(({ series }) => series)
    .filter(({ label }) => label === 'ltp:x3')
    .map(({ dash, mark }) => `${dash.join(' ')} ${mark}`);
  assert.deepEqual([...new Set(dashes)], ['8 4 x3']);
});

test('operator types fall into classes, unknown ones into other', () => {
  assert.equal(operatorClass('Gemm'), 'linear');
  assert.equal(operatorClass('GatherND'), 'movement');
  assert.equal(operatorClass('constructor'), 'other');
});

test('a run of one length, one batch and no accuracy still has charts', () => {
  const summary = fixtureSummary();
  const rows = summary.rows
    .filter(({ seqLen, batch }) => seqLen === 32 && batch === 1)
    .map((row) => ({ ...row, accuracy: null }));
  const ids = chartsOf({ ...summary, rows, noiseFloor: null }).map(({ id }) => id);
  assert.ok(ids.includes('speedup-vs-dense-batch1'));
  assert.ok(ids.every((id) => !id.startsWith('accuracy')));
});
