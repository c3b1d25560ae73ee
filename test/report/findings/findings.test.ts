import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarioRows } from '../../../src/rows/load/scenarioRows.ts';
import { findingsOf } from '../../../src/report/findings/findings.ts';
import { loadBlock, wantedLoad } from '../../fixtures/load.ts';
import { markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary, readySummary } from '../../fixtures/summary.ts';

test('findings are plain data, so that they can be kept, sent and drawn anywhere', () => {
  const scenarios = scenarioRows([wantedLoad], [loadBlock()]);
  for (const summary of [{ ...fixtureSummary(), scenarios }, readySummary()]) {
    const findings = findingsOf(summary);
    assert.deepEqual(JSON.parse(JSON.stringify(findings)), findings);
  }
});

test('they are made of the summary alone and leave it as it was', () => {
  const summary = fixtureSummary();
  assert.deepEqual(findingsOf(summary), findingsOf(fixtureSummary()));
  assert.deepEqual(summary, fixtureSummary());
});

test('every sentence of the answer and every doubt is in terminal, Markdown and page alike', () => {
  const summary = fixtureSummary();
  const { worth, answer, doubts } = findingsOf(summary);
  const { run, settings } = answer;
  const said = [...worth.sentences, ...run, ...settings.flatMap(({ sentences }) => sentences)];
  const texts = [tableOf(summary), unescaped(markdownOf(summary)), unescaped(pageOf(summary))];
  assert.ok(said.length > 6 && doubts.length === 3);
  for (const text of texts) {
    for (const sentence of [...said, ...doubts.map(({ line }) => line)])
      assert.ok(text.includes(sentence), sentence);
  }
});

/** Without the escapes of Markdown and HTML. */
function unescaped(text: string): string {
  const plain = text.replaceAll(/\\([*_`[\]|])/g, '$1').replaceAll('&#39;', "'");
  return plain.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
