import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableOf } from '../../../fixtures/report.ts';
import { fixtureSummary } from '../../../fixtures/summary.ts';

test('a ratio stands with its interval, both baselines are named', () => {
  const text = tableOf(fixtureSummary());
  assert.match(text, /ltp:x2 +2\.14x +2\.02x \[1\.99\.\.2\.05\] +2\.08x \[2\.05\.\.2\.11\] +0\.94/);
  assert.match(text, /^dense +1\.00x +baseline/m);
});

test('rows are grouped by length and batch with the noise floor of the group', () => {
  assert.match(
    tableOf(fixtureSummary()),
    /^length 32, batch 1, noise floor ±3\.1 %, smallest difference that could be seen 3\.7 %$/m,
  );
});

test('a failed row shows its reason and does not widen the columns', () => {
  const text = tableOf(fixtureSummary());
  assert.match(text, /^topk:x2 +failed: timeout: no answer within 60 s <worker>$/m);
  const widths = text.split('\n').filter((line) => /^(ltp|dense|threshold)[^,]*\d\.\d\dx/.test(line));
  assert.ok(
    widths.every((line) => line.length <= 140),
    Math.max(...widths.map((line) => line.length)).toString(),
  );
});

test('accuracy that was not measured is said to be so', () => {
  assert.match(tableOf(fixtureSummary()), /^transkimmer:x2 .*not measured/m);
});

test('doubts are counted and marked in the rows', () => {
  const text = tableOf(fixtureSummary());
  assert.match(text, /a few-blocks \(provisional, 23 rows\): only 3 blocks/);
  assert.match(text, /c virtual-machine \(note, whole run\)/);
});

test('settings that do not vary are not repeated in every heading', () => {
  assert.doesNotMatch(tableOf(fixtureSummary()), /fp32.*: length/);
  const mixed = fixtureSummary();
  mixed.rows.push(...fixtureSummary().rows.map((row) => ({ ...row, threads: 2 })));
  assert.match(tableOf(mixed), /^2 threads: length 128, batch 8/m);
});

test('without a padded baseline its column vanishes', () => {
  const summary = fixtureSummary();
  const rows = summary.rows
    .filter((row) => row.method !== 'dense-padded')
    .map((row) => ({
      ...row,
      speedup: row.speedup === null ? null : { ...row.speedup, vsDensePadded: null },
    }));
  assert.doesNotMatch(tableOf({ ...summary, rows }), /speed-up vs padded/);
});

test('an empty run has a table too', () => {
  assert.equal(tableOf({ ...fixtureSummary(), rows: [] }), 'No rows: nothing was measured.\n');
});

test('a run without a noise floor says so', () => {
  assert.match(tableOf({ ...fixtureSummary(), noiseFloor: null }), /noise floor was not measured/);
});
