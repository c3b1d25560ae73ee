import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '../../../src/report/findings/settings.ts';
import { speedVerdict, variantVerdicts } from '../../../src/report/findings/verdicts.ts';
import { answerOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

test('faster needs an interval above 1 and an effect beyond the noise floor', () => {
  assert.equal(speedVerdict({ median: 1.1, low: 1.05, high: 1.15 }, 0.02), 'faster');
  assert.equal(speedVerdict({ median: 1.1, low: 0.99, high: 1.21 }, 0.02), 'not distinguishable');
  assert.equal(speedVerdict({ median: 1.015, low: 1.01, high: 1.02 }, 0.02), 'not distinguishable');
  assert.equal(speedVerdict({ median: 0.9, low: 0.85, high: 0.95 }, 0.02), 'slower');
  assert.equal(speedVerdict(null, 0.02), 'not measured');
});

function verdictsByVariant(): Map<string, string> {
  const summary = fixtureSummary();
  const [setting] = settingsOf(summary);
  return new Map(variantVerdicts(summary.noiseFloor, setting!).map(({ variant, worth }) => [variant, worth]));
}

test('each method gets one verdict from its speed in all cells and its worst accuracy', () => {
  const worth = verdictsByVariant();
  assert.equal(worth.get('ltp:x2'), 'worth it here');
  assert.equal(worth.get('threshold:x2'), 'a trade');
  assert.equal(worth.get('transkimmer:x2'), 'only in some cells');
});

test('the answer names the fastest method, the machine, the cost and the noise floor', () => {
  const { run, settings } = answerOf(fixtureSummary());
  const text = [...(settings[0]?.sentences ?? []), ...run].join(' ');
  assert.match(text, /On Fixture CPU \(2 cores, AVX2\), ltp:x2 is the fastest method: 1\.85x vs dense/);
  assert.match(text, /no significant loss of accuracy \(−0\.5 points \[−1\.6\.\.\+0\.7\]\)/);
  assert.match(text, /noise floor is ±1\.2 %/);
});

test('a faster method that loses accuracy does not hide the fastest that keeps it', () => {
  const summary = fixtureSummary();
  for (const row of summary.rows.filter(({ method }) => method === 'ltp')) {
    if (row.accuracy?.deltaVsDense) row.accuracy.deltaVsDense.pValue = 0.001;
  }
  const text = answerOf(summary).settings[0]?.sentences.join(' ') ?? '';
  assert.match(text, /ltp:x2 is the fastest method: .*at a significant loss/);
  assert.match(text, /fastest method without a significant loss of accuracy is transkimmer:x2/);
});

test('a method is not the fastest for having failed the cells where pruning gains little', () => {
  const summary = fixtureSummary();
  for (const row of summary.rows) {
    if (row.method === 'topk' && row.batch === 1) row.speedup = null;
  }
  assert.match(answerOf(summary).settings[0]?.sentences[0] ?? '', /ltp:x2 is the fastest/);
});

test('when nothing is faster the answer says so', () => {
  const summary = fixtureSummary();
  for (const row of summary.rows) {
    if (row.speedup?.vsDense) row.speedup.vsDense = { median: 1.01, low: 0.98, high: 1.04 };
  }
  assert.match(answerOf(summary).settings[0]?.sentences[0] ?? '', /no pruned method was measurably faster/);
});

test('when nothing was measured the answer says so', () => {
  const summary = fixtureSummary();
  for (const row of summary.rows) row.speedup = null;
  assert.match(answerOf(summary).settings[0]?.sentences[0] ?? '', /no pruned method was measured/);
});
