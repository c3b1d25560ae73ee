// Other programs in a report: marked wherever they are seen, and without a say in anything that is concluded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSummaries } from '../../../src/compare/gate.ts';
import { readGateRules } from '../../../src/compare/rules.ts';
import type { Row } from '../../../src/core/schema/row.ts';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { countDoubts } from '../../../src/report/findings/doubts.ts';
import { actionBenchmarks } from '../../../src/report/exports/actionBenchmark.ts';
import { renderCsv } from '../../../src/report/exports/csv.ts';
import { historyOf } from '../../../src/report/history/history.ts';
import { runVerdict } from '../../../src/report/findings/validity.ts';
import { answerOf, chartsOf, claimsOf, markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

const ABOUT = 'peer:torch-eager: transformers in PyTorch; torch 2.13.0';

/** Faster than everything and of doubtful worth: whoever let it take part would conclude something else. */
function peerBeside(dense: Row): Row {
  const ratio = { median: 5, low: 4.9, high: 5.1 };
  return {
    ...dense,
    ...{ method: 'peer', point: 'torch-eager', flops: null, accuracy: null, opTimeMs: null, costs: null },
    ...{ keptTokens: null, conversion: null, speedup: { vsDense: ratio, vsDensePadded: ratio } },
    blockSpeedups: [5, 5, 5],
    doubts: [
      { code: 'peer', message: ABOUT },
      { code: 'busy-neighbours', message: 'other processes used 1.0 CPUs' },
    ],
    validity: { verdict: 'PROVISIONAL', reasons: ['busy-neighbours'] },
  };
}

function withPeers(): Summary {
  const summary = fixtureSummary();
  const dense = summary.rows.filter(({ method }) => method === 'dense');
  const failed: Row[] = dense.map((row) => ({
    ...peerBeside(row),
    ...{ point: 'torch-compiled', status: 'failed', reason: 'warm-up: no compiler' },
    ...{ latencyMs: null, throughput: null, speedup: null, validity: null, doubts: [] },
  }));
  summary.rows.push(...dense.map(peerBeside), ...failed);
  return summary;
}

/** Lines of a text that hold `word`. */
function linesWith(text: string, word: string): string[] {
  return text.split('\n').filter((line) => line.includes(word));
}

test('the table lists peers after our methods of each cell, by their full name, and says what they are', () => {
  const text = tableOf(withPeers());
  const cell = text.slice(text.indexOf('length 32, batch 8'), text.indexOf('length 128, batch 1'));
  const names = ['dense', 'ltp:x2', 'transkimmer:x2', 'peer:torch-eager'].map((name) =>
    cell.indexOf(`\n${name}`),
  );
  assert.deepEqual(
    names,
    names.toSorted((a, b) => a - b),
  );
  assert.match(cell, /peer:torch-eager .*5\.00x \[4\.90\.\.5\.10\]/);
  assert.match(cell, /peer:torch-compiled +failed: warm-up: no compiler/);
  assert.match(text, /peer:NAME = another program/);
  assert.ok(text.includes(`  ${ABOUT}`));
  assert.ok(!tableOf(fixtureSummary()).includes('peer'));
});

test('Markdown, page and CSV mark them, and the CSV has no number for what was not counted', () => {
  const summary = withPeers();
  const markdown = markdownOf(summary);
  assert.match(markdown, /## Peers\n\nOther programs/);
  assert.match(markdown, /\| peer:torch-eager \|/);
  const html = pageOf(summary);
  assert.match(html, /<th scope="row"[^>]*>peer:torch-eager<\/th>/);
  assert.ok(html.includes('transformers in PyTorch; torch 2.13.0'));
  const [header = [], ...lines] = renderCsv(summary)
    .split('\r\n')
    .map((line) => line.replaceAll(/"[^"]*"/g, 'quoted').split(','));
  const peers = lines.filter((line) => line[header.indexOf('method')] === 'peer');
  assert.equal(peers.length, 8);
  assert.ok(peers.every((line) => line[header.indexOf('flops_per_sequence')] === ''));
});

test('in the legend of every chart that shows one it is called a peer', () => {
  const series = chartsOf(withPeers()).flatMap((chart) =>
    chart.series.filter(({ role }) => role === 'peer').map(({ label }) => ({ chart: chart.section, label })),
  );
  assert.ok(series.length > 0 && series.every(({ label }) => label === 'peer:torch-eager'));
  assert.deepEqual([...new Set(series.map(({ chart }) => chart))], ['speedup', 'throughput']);
});

test('answers, claims and what the run is worth are the same as without them', () => {
  const [alone, beside] = [fixtureSummary(), withPeers()];
  const answers = ({ settings }: ReturnType<typeof answerOf>): unknown =>
    settings.map(({ sentences, variants }) => [sentences, variants.map(({ line }) => line)]);
  assert.deepEqual(answers(answerOf(beside)), answers(answerOf(alone)));
  assert.deepEqual(claimsOf(beside), claimsOf(alone));
  const verdict = (summary: Summary): unknown =>
    runVerdict({ ...summary, validity: { verdict: 'VALID', reasons: [] } }, countDoubts(summary)).sentences;
  assert.deepEqual(verdict(beside), verdict(alone));
});

test('a peer that became slower, failed or vanished trips no gate and moves no history', () => {
  const [base, next] = [withPeers(), withPeers()];
  next.run.id = 'next-run';
  next.run.startedAt = '2026-11-21T02:00:00.000Z';
  next.rows = next.rows.filter(({ method, seqLen }) => method !== 'peer' || seqLen === 32);
  for (const row of next.rows.filter(({ method }) => method === 'peer')) {
    row.status = 'failed';
    row.blockSpeedups = [1, 1, 1];
  }
  const comparison = compareSummaries([base], next, { allowMixed: false, rules: readGateRules() });
  assert.equal(comparison.tripped, false);
  assert.ok(
    [...comparison.cells.map(({ cell }) => cell), ...comparison.onlyInBase].every(
      (cell) => !cell.includes('peer'),
    ),
  );
  const history = historyOf(
    { summaries: [base, next], complaints: [] },
    { acknowledged: [], threshold: 0.03 },
  );
  assert.ok(history.machines.flatMap(({ cells }) => cells).every(({ key }) => !key.includes('peer')));
  assert.ok(linesWith(JSON.stringify(actionBenchmarks([base])), 'peer').length === 0);
});
