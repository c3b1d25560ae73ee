import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { readRunSeries } from '../../src/store/runSeries.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const root = mkdtempSync(join(tmpdir(), 'run-series-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = (): string => {
  const dir = join(root, String(folders++));
  mkdirSync(dir);
  return dir;
};

function putRun(dir: string, id: string, startedAt: string, mergedFrom: string[] = []): void {
  const summary = fixtureSummary();
  summary.run = { ...summary.run, id, startedAt, mergedFrom };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
}

const idsOf = (dir: string): string[] => readRunSeries(dir).summaries.map(({ run }) => run.id);

test('runs one and two folders deep come in order of time, not of name', () => {
  const dir = newFolder();
  putRun(join(dir, 'a'), 'late', '2026-03-03T02:00:00.000Z');
  putRun(join(dir, 'machine', 'z'), 'early', '2026-03-01T02:00:00.000Z');
  putRun(join(dir, 'machine', 'b'), 'middle', '2026-03-02T04:00:00.000+02:00');
  putRun(join(dir, 'much', 'too', 'deep'), 'unseen', '2026-03-02T02:00:00.000Z');
  assert.deepEqual(idsOf(dir), ['early', 'middle', 'late']);
  assert.deepEqual(readRunSeries(dir).complaints, []);
});

test('the folders of a run hold no runs of the series, finished or not', () => {
  const dir = newFolder();
  putRun(join(dir, 'night'), 'night', '2026-03-01T02:00:00.000Z');
  putRun(join(dir, 'night', 'confirm-1'), 'rerun', '2026-03-01T03:00:00.000Z');
  mkdirSync(join(dir, 'torn'));
  writeFileSync(join(dir, 'torn', 'run.json'), '{}');
  putRun(join(dir, 'torn', 'confirm-1'), 'other', '2026-03-01T03:00:00.000Z');
  putRun(join(dir, 'confirm-2'), 'third', '2026-03-01T03:00:00.000Z');
  const { summaries, complaints } = readRunSeries(dir);
  assert.deepEqual(
    summaries.map(({ run }) => run.id),
    ['night'],
  );
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? '', /torn has no summary\.json/);
});

test('what cannot be read is a complaint with its path, and the rest is read', () => {
  const dir = newFolder();
  putRun(join(dir, 'good'), 'good', '2026-03-01T02:00:00.000Z');
  putRun(join(dir, 'dateless'), 'dateless', 'yesterday');
  for (const [name, text] of [
    ['half', '{"schemaVersion":'],
    ['old', '{"schemaVersion":0}'],
    ['empty', ''],
  ] as const) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'summary.json'), text);
  }
  symlinkSync('nowhere', join(dir, 'dangling'));
  const { summaries, complaints } = readRunSeries(dir);
  assert.equal(summaries.length, 1);
  assert.equal(complaints.length, 4);
  for (const [name, index] of [
    ['dateless', 0],
    ['empty', 1],
    ['half', 2],
    ['old', 3],
  ] as const) {
    assert.ok(complaints[index]?.includes(join(dir, name)), complaints[index]);
  }
});

test('a copied run counts once, and shards not beside their merge', () => {
  const dir = newFolder();
  putRun(join(dir, 'one'), 'same', '2026-03-01T02:00:00.000Z');
  putRun(join(dir, 'two'), 'same', '2026-03-01T02:00:00.000Z');
  putRun(join(dir, 's1'), 'shard-1', '2026-03-02T02:00:00.000Z');
  putRun(join(dir, 's2'), 'shard-2', '2026-03-02T02:00:01.000Z');
  putRun(join(dir, 'whole'), 'whole', '2026-03-02T02:00:00.000Z', ['shard-1', 'shard-2']);
  assert.deepEqual(idsOf(dir), ['same', 'whole']);
  assert.deepEqual(readRunSeries(dir).complaints, ['run same is there twice; the first is used']);
});

test('an empty folder is an empty series; a missing one and a run are refused', () => {
  const dir = newFolder();
  assert.deepEqual(readRunSeries(dir), { summaries: [], complaints: [] });
  assert.throws(() => readRunSeries(join(dir, 'none')), BenchError);
  putRun(join(dir, 'run'), 'run', '2026-03-01T02:00:00.000Z');
  assert.throws(() => readRunSeries(join(dir, 'run')), /is a single run/);
});
