import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { repoRoot } from '../../src/core/root.ts';
import { findingsOf, writeReport } from '../../src/report/index.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const findings = findingsOf(fixtureSummary());

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function temporary(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

const GOLDEN = join(repoRoot(), 'test/report/golden/summary.md');

test('a report is one page, one Markdown file and PNGs of the stated size', async () => {
  const folder = temporary('report-');
  const { html, markdown, pngs, notes } = await writeReport(findings, folder);
  assert.deepEqual(readdirSync(folder).sort(), ['charts', 'report.html', 'summary.md']);
  assert.ok(html.endsWith('report.html') && markdown.endsWith('summary.md'));
  assert.deepEqual(notes, []);
  assert.ok(pngs.length > 10);
  for (const path of pngs) {
    const bytes = readFileSync(path);
    assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [960, 560]);
    assert.ok(bytes.length > 5000, `${path} looks blank`);
  }
});

// Renew with UPDATE_GOLDEN=1 and read the difference before committing it.
test('summary.md is as recorded', async () => {
  const folder = temporary('report-');
  const { markdown } = await writeReport(findings, folder);
  const text = readFileSync(markdown, 'utf8');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
});

test('a folder that cannot be written is an error of one line', async () => {
  const folder = temporary('report-');
  const file = join(folder, 'taken');
  writeFileSync(file, 'a file, not a folder');
  await assert.rejects(writeReport(findings, file), (thrown: unknown) => {
    assert.ok(thrown instanceof BenchError);
    assert.match(thrown.line, /cannot write .*taken/);
    return true;
  });
});
