// Reports of tasks whose metric is no accuracy: every place names it, and none calls it a percentage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../src/core/schema/row.ts';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { columnsOf } from '../../../src/report/findings/columns.ts';
import { renderCsv } from '../../../src/report/exports/csv.ts';
import { exampleSentences } from '../../../src/report/findings/examples.ts';
import { tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

const summary = fixtureSummary();

const scored = (metric: string, rows: readonly Row[] = summary.rows): Row[] =>
  rows.map((row) => ({
    ...row,
    accuracy:
      row.accuracy === null
        ? null
        : {
            ...row.accuracy,
            metric,
            also: [{ metric: 'accuracy', value: 0.75, low: 0.7, high: 0.8, deltaVsDense: null }],
          },
  }));
const of = (rows: Row[]): Summary => ({ ...summary, rows });

test('the table names the metric, writes plain numbers and no points', () => {
  const table = tableOf(of(scored('f1')));
  assert.match(table, /F1 \(n\)/);
  assert.match(table, /0\.9\d\d \(n=/);
  assert.match(table, /F1: [−+0]/);
  assert.doesNotMatch(table, /accuracy \(n\)|vs dense, points|\d % \(n=/);
  assert.match(tableOf(of(scored('matthews'))), /loss of Matthews correlation|Matthews correlation: /);
});

test('two tasks of different metrics share a column that says which is which', () => {
  const rows = scored('pearson').map((row, index) => (index % 2 === 0 ? row : (summary.rows[index] ?? row)));
  const table = tableOf(of(rows));
  assert.match(table, /score \(n\)/);
  assert.match(table, /Pearson 0\.\d{3} \(n=/);
  assert.match(table, /accuracy 9\d\.\d % \(n=/);
});

test('the full table and the CSV have the metrics beside the first', () => {
  const rows = scored('f1');
  const titles = columnsOf(rows).map(({ title }) => title);
  for (const title of ['F1', 'F1, 95 % interval', 'F1 vs dense', 'also accuracy'])
    assert.ok(titles.includes(title), title);
  const [header = '', ...lines] = renderCsv(of(rows)).split('\r\n');
  const at = (name: string): number => header.split(',').indexOf(name);
  const first = rows.findIndex(({ accuracy }) => accuracy !== null);
  const cells = (lines[first] ?? '').replaceAll(/"[^"]*"/g, 'quoted').split(',');
  assert.equal(cells[at('accuracy_metric')], 'f1');
  assert.equal(Number(cells[at('metric_f1')]), rows[first]?.accuracy?.value);
  assert.equal(cells[at('metric_accuracy')], '0.75');
  assert.equal(cells[at('metric_pearson')], '');
});

test('examples that were cut, and those that are not the timed texts, are said once', () => {
  const [row] = summary.rows.filter(({ accuracy }) => accuracy !== null);
  assert.ok(row?.accuracy);
  const accuracy = { ...row.accuracy, n: 408, truncated: 13, text: 'natural' as const };
  const rows = [32, 64].map((seqLen) => ({ ...row, task: 'mrpc', seqLen, accuracy }));
  assert.deepEqual(exampleSentences([...rows, ...rows]), [
    'The full texts of mrpc are put together from real ones and cut, and serve for timing only; accuracy is measured on the examples as they are.',
    'Examples of mrpc that did not fit the length were cut to it: 13 of 408 examples at length 32 and 13 of 408 examples at length 64.',
  ]);
  assert.deepEqual(exampleSentences(summary.rows), []);
});
