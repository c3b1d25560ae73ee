import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../src/core/schema/row.ts';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { renderCsv } from '../../../src/report/exports/csv.ts';
import { chartsOf, claimsOf, markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

const SENTENCE =
  'roberta-base has random weights, so there is no accuracy; only speed and FLOPs are compared.';

function silent(row: Row): Row {
  return { ...row, model: 'roberta-base', accuracy: null, noAccuracy: 'random weights', costs: null };
}

/** As the fixture, measured on a model with random weights. */
function geometrySummary(): Summary {
  const summary = fixtureSummary();
  const floors = summary.noiseFloor?.groups ?? [];
  for (const { group } of floors) group.model = 'roberta-base';
  return { ...summary, rows: summary.rows.map(silent) };
}

/** Both models in one run. */
function mixedSummary(): Summary {
  const summary = fixtureSummary();
  const rows = summary.rows.map((row) => ({ ...row, costs: null }));
  return { ...summary, rows: [...rows, ...rows.map(silent)] };
}

test('the table says of every measured row that it has no accuracy, and no verdict speaks of one kept', () => {
  const text = tableOf(geometrySummary());
  const rows = text.split('\n').filter((line) => /^(dense|ltp|topk|threshold|transkimmer)\S* +\d/.test(line));
  assert.ok(rows.length > 20);
  for (const row of rows) assert.match(row, /none \(random weights\)/);
  assert.ok(text.includes(SENTENCE));
  assert.match(text, /ltp:x2: faster, without an accuracy\. Speed: .* Accuracy: none \(random weights\)\./);
  assert.doesNotMatch(text, /keep the accuracy|loss of accuracy|accuracy not measured|worth it here/);
  assert.doesNotMatch(text, /vs dense, points/); // a column of nothing but "none"
});

test('beside a model that answers, no cell of accuracy is left empty', () => {
  const text = tableOf(mixedSummary());
  const own = text.split('roberta-base, ').slice(1).join();
  assert.match(text, /vs dense, points/);
  for (const line of own.split('\n').filter((line) => line.startsWith('ltp:x2  '))) {
    assert.match(line, /none \(random weights\) +none/);
  }
});

test('page, Markdown, captions and CSV say it, too', () => {
  const summary = geometrySummary();
  const page = pageOf(summary);
  const accuracy = /<section id="accuracy".*?<\/section>/s.exec(page)?.[0] ?? '';
  assert.ok(accuracy.includes(SENTENCE));
  assert.doesNotMatch(accuracy, /Not measured in this run/);
  const cells = [...page.matchAll(/<td [^>]*>none \(random weights\)<\/td>/g)];
  assert.equal(cells.length, summary.rows.length + 4); // and the verdicts of four methods
  assert.ok(markdownOf(summary).includes('none (random weights)'));
  const charts = chartsOf(summary);
  assert.ok(charts.length > 5);
  for (const { id, caption } of charts) assert.ok(caption.endsWith(SENTENCE), id);
  const [head = '', ...lines] = renderCsv(summary).trimEnd().split('\r\n');
  const at = head.split(',').indexOf('no_accuracy');
  for (const line of lines) assert.match(line, /,random weights,/);
  assert.equal(head.split(',')[at - 1], 'accuracy_vs_dense_p_value');
});

test('a claim about speed is set beside such a row; one about FLOPs, which were set, is not judged by it', () => {
  const summary = geometrySummary();
  summary.run.target = 'haswell';
  const claims = new Map(claimsOf(summary).map((claim) => [claim.id, claim]));
  const speed = claims.get('ltp-haswell');
  assert.equal(speed?.verdict, 'reached here');
  assert.deepEqual(speed.obstacles, [
    'the task is reviews, not GLUE',
    'roberta-base has random weights: how many tokens it keeps was set, not learned, and it has no accuracy',
  ]);
  const flops = claims.get('ltp-flops');
  assert.equal(flops?.verdict, 'not comparable here');
  assert.match(flops.measured, /2\.14x vs dense.*accuracy none \(random weights\)/);
});

test('a claim about FLOPs within a loss is judged by a model that has an accuracy, where there is one', () => {
  const flops = claimsOf(mixedSummary()).find(({ id }) => id === 'ltp-flops');
  assert.match(flops?.measured ?? '', /accuracy −0\.5 \[/);
});

test('with three lengths conversion stands in a table by length and batch, and in a chart a batch', () => {
  const summary = geometrySummary();
  assert.doesNotMatch(markdownOf(summary), /Conversion by length/);
  const longer = summary.rows
    .filter(({ seqLen, batch }) => seqLen === 128 && batch === 1)
    .map((row) => ({ ...row, seqLen: 512 }));
  summary.rows.push(...longer);
  const markdown = markdownOf(summary);
  assert.match(markdown, /## Conversion by length and batch/);
  assert.match(markdown, /\| ltp:x2 +\| +1 \| +0\.66 \| +0\.94 \| +0\.94 \|/);
  assert.match(markdown, /\| ltp:x2 +\| +8 \| +0\.94 \| +0\.94 \| +not planned \|/);
  const ids = chartsOf(summary).map(({ id }) => id);
  assert.ok(ids.includes('conversion-by-length-batch1') && ids.includes('conversion-by-length-batch8'));
});
