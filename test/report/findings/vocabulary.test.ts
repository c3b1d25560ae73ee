// A run of ready graphs speaks of graphs and their baseline graph, a run of the zoo's models of methods and dense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOf } from '../../../src/report/findings/columns.ts';
import { GRAPH_WORDS, labelOf, METHOD_WORDS, vocabularyOf } from '../../../src/report/findings/vocabulary.ts';
import { chartsOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary, readySummary } from '../../fixtures/summary.ts';

const [ready, zoo] = [readySummary(), fixtureSummary()];

test('the words are those of graphs only where every row is of a ready graph', () => {
  assert.equal(vocabularyOf(ready.rows), GRAPH_WORDS);
  for (const rows of [zoo.rows, [...ready.rows, ...zoo.rows], []]) {
    assert.equal(vocabularyOf(rows), METHOD_WORDS);
  }
});

test('texts speak of dense and methods, or of the baseline graph and graphs', () => {
  const titles = columnsOf(ready.rows, ready.noiseFloor?.groups).map(({ title }) => title);
  for (const title of ['graph', 'speed-up vs baseline', 'speed-up vs padded baseline'])
    assert.ok(titles.includes(title), title);
  assert.ok(titles.includes('difference from the baseline graph'));
  const text = tableOf(ready);
  assert.ok(text.includes('FLOPs of the baseline graph / FLOPs of the graph'));
  assert.match(text, /^Noise floor \(the baseline graph against its own copy\)/m);
  assert.doesNotMatch(text, /\bdense\b|\bmethods?\b/);
  const own = tableOf(zoo);
  assert.ok(own.includes('FLOPs of dense (unpadded) / FLOPs of the method'));
  assert.match(own, /^Noise floor \(dense against its own copy\)/m);
  assert.doesNotMatch(own, /\bgraphs?\b/);
});

test('the sentences about nothing faster and nothing measured have both wordings', () => {
  const slow = { median: 1.01, low: 0.98, high: 1.04 };
  const first = (summary: typeof ready, vsDense: typeof slow | null): string =>
    tableOf({
      ...summary,
      rows: summary.rows.map((row) => ({
        ...row,
        speedup: row.speedup && { ...row.speedup, vsDense: row.method === 'dense' ? null : vsDense },
      })),
    });
  assert.match(first(ready, slow), /no graph was measurably faster than the baseline graph\./);
  assert.match(first(zoo, slow), /no pruned method was measurably faster than the unpadded dense model\./);
  assert.match(first(ready, null), /no graph was measured against the baseline graph\./);
  assert.match(first(zoo, null), /no pruned method was measured against dense\./);
});

test('names that somebody gave stay as they are', () => {
  const named = readySummary();
  for (const row of named.rows.filter(({ point }) => point === 'ltp')) row.point = 'dense';
  assert.match(tableOf(named), /graph:dense is the fastest graph: 1\.85x vs the baseline graph on average/);
  assert.match(tableOf(zoo), /ltp:x2 is the fastest method: 1\.85x vs dense on average/);
});

test('rows are labelled by what they are', () => {
  assert.equal(labelOf({ method: 'dense', point: null, precision: 'as-is' }), 'baseline');
  assert.equal(labelOf({ method: 'dense-padded', point: null, precision: 'as-is' }), 'padded baseline');
  assert.equal(labelOf({ method: 'graph', point: 'mine', precision: 'as-is' }), 'graph:mine');
  assert.equal(labelOf({ method: 'dense', point: null, precision: 'fp32' }), 'dense');
});

test('a chart is put in these words as a whole', () => {
  const charts = new Map(chartsOf(ready).map((spec) => [spec.id, spec]));
  const speed = charts.get('speedup-vs-dense-batch8');
  assert.equal(speed?.title, 'Speed-up vs the baseline graph, batch 8');
  assert.match(speed.caption, /^Time of the baseline graph \/ time of the graph at batch 8/);
  assert.equal(speed.y.title, 'speed-up vs baseline (x)');
  assert.equal(speed.series[0]?.label, 'padded baseline');
  const memory = charts.get('memory-length128batch8');
  assert.equal(memory?.y.title, 'graph');
  assert.deepEqual(memory.y.names?.slice(0, 3), ['padded baseline', 'baseline', 'graph:ltp']);
  const latency = charts.get('latency-batch8')?.table;
  assert.equal(latency?.headers[0], 'graph');
  assert.deepEqual(
    latency.rows.slice(0, 3).map(([name]) => name),
    ['padded baseline', 'baseline', 'graph:ltp'],
  );
  for (const { title, caption, x, y, series, table } of charts.values()) {
    const shown = JSON.stringify([title, caption, x, y, series.map(({ label }) => label), table]);
    assert.doesNotMatch(shown, /dense|\bmethod\b/);
  }
});
