import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Doubt } from '../../../src/core/schema/doubt.ts';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { countDoubts } from '../../../src/report/findings/doubts.ts';
import { runVerdict, showsVerdicts } from '../../../src/report/findings/validity.ts';
import { markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

/** The fixture without its failed row, and with these doubts in its first rows. */
function summaryWith(...doubts: Doubt[][]): Summary {
  const summary = fixtureSummary();
  const rows = summary.rows.filter(({ status }) => status === 'ok');
  return { ...summary, rows: rows.map((row, index) => ({ ...row, doubts: doubts[index] ?? [] })) };
}

const STEAL: Doubt = {
  code: 'cpu-steal',
  message: 'the hypervisor took 4.0 % away',
  advice: 'repeat at a quieter time',
};
const WRONG: Doubt = { code: 'digest-mismatch', message: 'two answers' };
const sentences = (summary: Summary): string => runVerdict(summary, countDoubts(summary)).sentences.join(' ');

test('a run of VALID rows says so in one line and needs no column', () => {
  const summary = summaryWith();
  assert.match(sentences(summary), /^This run is VALID\. All 23 measured rows are VALID\./);
  assert.equal(showsVerdicts(summary.rows), false);
  const text = tableOf(summary);
  assert.match(text, /All 23 measured rows are VALID/);
  assert.doesNotMatch(text.split('\n')[0] ?? '', /verdict/);
  assert.ok(!/<th scope="col"><button type="button">verdict/.test(pageOf(summary)));
});

test('reasons come with their rows and the advice of the gravest', () => {
  const text = sentences(summaryWith([STEAL], [STEAL]));
  assert.match(text, /^This run is PROVISIONAL, because of cpu-steal \(2 rows\)\./);
  assert.match(
    text,
    /There are 23 measured rows: 21 are VALID and 2 are PROVISIONAL\. Measure again before you quote it\./,
  );
  assert.match(text, /First: repeat at a quieter time\./);
});

test('what is invalid is named first, in terminal, Markdown and page alike', () => {
  const summary = summaryWith([STEAL], [WRONG]);
  const headline = 'This run is INVALID, because of digest-mismatch (1 row), cpu-steal (1 row).';
  const table = tableOf(summary);
  assert.ok(table.includes(headline));
  assert.match(table, /^dense .*INVALID +a$/m);
  assert.match(table, /^dense-padded .*PROV\. +b$/m);
  assert.match(table, /a digest-mismatch \(invalid, 1 row\)[\s\S]*b cpu-steal \(provisional, 1 row\)/);
  assert.match(markdownOf(summary), /\*\*This run is INVALID, because of digest-mismatch \(1 row\)/);
  const page = pageOf(summary);
  assert.ok(page.includes(`<div class="validity bad" role="note"><strong>${headline}</strong>`));
  assert.ok(page.indexOf('class="validity') < page.indexOf('id="answer"'));
  assert.match(page, /<td data-key="INVALID" class="bad">INVALID<\/td>/);
});

test('failed rows make the run provisional without a verdict of their own', () => {
  const summary = fixtureSummary();
  const rows = summary.rows.map((row) => ({ ...row, doubts: [] }));
  assert.match(
    sentences({ ...summary, rows }),
    /^This run is PROVISIONAL, because of failed-rows\. All 23 measured/,
  );
});

test('the verdict that is stored with a run stands', () => {
  const stored = { ...summaryWith(), validity: { verdict: 'INVALID' as const, reasons: ['clock-mismatch'] } };
  assert.match(sentences(stored), /^This run is INVALID, because of clock-mismatch\./);
});
