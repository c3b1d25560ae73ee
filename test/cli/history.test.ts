import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { command } from '../../src/cli/history.ts';
import { call } from '../fixtures/call.ts';
import { nights, speedUp, writeNights } from '../fixtures/nights.ts';

const root = mkdtempSync(join(tmpdir(), 'history-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const history = (...argv: string[]): ReturnType<typeof call> => call(command, argv);

const runs = newFolder();
writeNights(
  runs,
  nights(30, (row, night) => {
    if (row.method === 'ltp' && night >= 20) speedUp(row, 0.93);
  }),
);

test('history writes its pages and files, and lists what moved', async () => {
  const out = newFolder();
  const { code, out: text } = await history(runs, '--out', out);
  assert.equal(code, 0);
  assert.match(text, /ltp:x2 +speed-up vs dense .*ALARM/);
  const names = [
    'index.html',
    'machine-484fffb4a423.html',
    'history.json',
    'history.md',
    'github-action-benchmark.json',
    'github-action-benchmark.smaller.json',
  ];
  for (const name of names) {
    assert.ok(existsSync(join(out, name)), name);
    assert.ok(text.includes(join(out, name)), name);
  }
});

test('history --json prints the record, and --exit-on-step leaves with 3 until the step is acknowledged', async () => {
  const out = newFolder();
  const { code, out: text } = await history(runs, '--out', out, '--json', '--exit-on-step');
  assert.equal(code, 3);
  assert.equal(text, readFileSync(join(out, 'history.json'), 'utf8'));
  const path = join(runs, 'acknowledged.json');
  writeFileSync(path, '[{ "run": "night-029", "note": "slower on purpose" }]');
  try {
    assert.equal((await history(runs, '--out', out, '--exit-on-step')).code, 0);
    writeFileSync(path, '[{ "run": "night-999", "note": "mistyped" }]');
    await assert.rejects(history(runs, '--out', out), /no run "night-999"/);
    writeFileSync(path, '[{ "run": "night-029" }]');
    await assert.rejects(history(runs, '--out', out), /acknowledged\.json: 0\.note/);
  } finally {
    rmSync(path);
  }
});

test('history refuses a folder without runs, and two folders', async () => {
  const empty = mkdtempSync(join(root, 'empty-'));
  await assert.rejects(history(empty), /no finished run/);
  await assert.rejects(history(runs, runs), /takes one folder/);
});
