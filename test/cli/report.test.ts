import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { command as report, newestRun } from '../../src/cli/report.ts';
import { BenchError } from '../../src/core/errors.ts';
import { call } from '../fixtures/call.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function temporary(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

function runFolder(content: string): string {
  const folder = temporary('run-');
  writeFileSync(join(folder, 'summary.json'), content);
  return folder;
}

const whole = JSON.stringify(fixtureSummary());

test('report prints the table and the paths it wrote', async () => {
  const out = temporary('out-');
  const result = await call(report, [runFolder(whole), '--out', out]);
  assert.equal(result.code, 0);
  assert.match(result.out, /ltp:x2 is the fastest method/);
  assert.ok(result.out.includes(join(out, 'report.html')));
});

test('a truncated results file is refused by name and nothing is overwritten', async () => {
  const out = temporary('out-');
  writeFileSync(join(out, 'report.html'), 'earlier');
  const folder = runFolder(whole.slice(0, whole.length / 2));
  await assert.rejects(call(report, [folder, '--out', out]), (thrown: unknown) => {
    assert.ok(thrown instanceof BenchError && thrown.exitCode === 2);
    assert.ok(thrown.line.includes(join(folder, 'summary.json')), thrown.line);
    return true;
  });
  assert.equal(readFileSync(join(out, 'report.html'), 'utf8'), 'earlier');
});

test('a results file with a wrong field is refused by file and field', async () => {
  const broken = whole.replace('"status":"complete"', '"status":"done"');
  await assert.rejects(call(report, [runFolder(broken)]), /summary\.json: run\.status/);
});

test('a run folder without a summary and a missing path are refused', async () => {
  await assert.rejects(call(report, [temporary('run-')]), /has no summary\.json/);
  await assert.rejects(call(report, ['/nowhere/at-all']), /no such run or file/);
});

test('a run id that is not a folder name needs --out', async () => {
  const summary = fixtureSummary();
  summary.run.id = '../../outside';
  await assert.rejects(call(report, [runFolder(JSON.stringify(summary))]), /cannot be a folder name/);
});

test('the newest run is the one whose summary was written last', () => {
  const results = temporary('results-');
  for (const [name, at] of [
    ['a', 200],
    ['b', 100],
  ] as const) {
    mkdirSync(join(results, name));
    writeFileSync(join(results, name, 'summary.json'), whole);
    utimesSync(join(results, name, 'summary.json'), at, at);
  }
  assert.equal(newestRun(results), join(results, 'a', 'summary.json'));
  assert.throws(() => newestRun(join(results, 'none')), /no finished run/);
});
