import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison } from '../../../src/compare/comparison.ts';
import { compareSummaries } from '../../../src/compare/gate.ts';
import { readGateRules } from '../../../src/compare/rules.ts';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { comparisonFindings } from '../../../src/report/findings/comparison/comparison.ts';
import { comparisonMarkdown } from '../../../src/report/render/markdown/comparison.ts';
import { comparisonText } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

function compared(change: (next: Summary) => void): Comparison {
  const next = fixtureSummary();
  next.run.id = 'next-run';
  change(next);
  return compareSummaries([fixtureSummary()], next, { allowMixed: false, rules: readGateRules() });
}

function slowLtp(next: Summary): void {
  const row = next.rows.find(
    ({ method, seqLen, batch }) => method === 'ltp' && seqLen === 128 && batch === 8,
  )!;
  row.blockSpeedups = row.blockSpeedups.map((ratio) => ratio * 0.8);
}

test('a claim stands with its interval, threshold, p over the sweep and smallest detectable effect', () => {
  const text = comparisonText(compared(slowLtp));
  assert.match(
    text,
    /ltp:x2: speed-up vs dense 0\.800 \[0\.7\d+\.\.0\.8\d+\]: candidate \(threshold 1\.5 %, p<0\.001 over the sweep, detectable \d\.\d %\)/,
  );
  assert.match(text, /p is adjusted over \d+ timings \(Holm, 5 % for a false alarm anywhere\)/);
});

test('cells that matter come first and the rest is one line', () => {
  const text = comparisonText(compared(slowLtp));
  assert.equal(text.split('\n').filter((line) => line.includes('.b1.')).length, 0);
  assert.match(
    text,
    /23 cells without a change; a slow-down of \d\.\d % \(median; at worst \d+\.\d %\) would have been found/,
  );
});

test('an equal run has no table at all', () => {
  const text = comparisonText(compared(() => undefined));
  assert.doesNotMatch(text, /verdict/);
  assert.match(text, /Result: no regression shown\./);
});

test('the result counts every kind of alarm', () => {
  const comparison = compared((next) => {
    slowLtp(next);
    next.rows[0]!.flops!.perSequence += 2;
    next.rows[1]!.status = 'failed';
  });
  assert.match(
    comparisonText(comparison),
    /tripped: 1 unconfirmed candidate, 1 cell with another deterministic result and 1 lost cell\./,
  );
});

test('Markdown leads with the result and keeps a table row on one line', () => {
  const markdown = comparisonMarkdown(
    comparisonFindings(
      compared((next) => {
        next.rows[1]!.status = 'failed';
        next.rows[1]!.reason = 'crash |\n<worker>';
      }),
    ),
  );
  assert.match(markdown, /^### Result: the gate is tripped: 1 lost cell\.\n/);
  assert.match(markdown, /was ok, is failed: crash \\\| &lt;worker>/);
});
