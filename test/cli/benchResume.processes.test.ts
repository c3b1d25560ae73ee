// Going on with a run, as a person does it: what is done stays as it is, and what cannot go on is refused in one line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSchema, type Run } from '../../src/core/schema/run.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { lockRun, self } from '../../src/store/runLock.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const PLAN = [
  '--methods',
  'dense',
  '--seq-lens',
  '16',
  '--batch-sizes',
  '1',
  '--blocks',
  '1',
  '--accuracy-n',
  '4',
];
const FLAGS = [...PLAN, '--task', 'reviews', '--time-budget', '1', '--no-report'];
const out = mkdtempSync(join(tmpdir(), 'resume-'));
const dir = join(out, 'night');

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'bench', ...args, '--out', out], {
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function refused({ code, stdout, stderr }: Answer, line: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, line);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

function filesOf(folder: string): Map<string, string> {
  const files = readdirSync(join(folder, 'blocks'), { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  );
}

function readRun(folder: string): Run {
  return runSchema.parse(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')));
}

/** A copy of the finished run, to be spoilt. */
function copy(name: string): string {
  cpSync(dir, join(out, name), { recursive: true });
  return join(out, name);
}

before(() => {
  const { code, stderr } = bench(...FLAGS, '--run-id', 'night');
  assert.equal(code, 0, stderr);
  assert.equal(readRun(dir).id, 'night');
  assert.deepEqual(readdirSync(dir).sort(), ['blocks', 'run.json', 'run.start.json', 'summary.json']);
});

test('a finished run is printed again and nothing of it is measured, by --resume and by its name', () => {
  const blocks = filesOf(dir);
  const rows = (): unknown =>
    summarySchema.parse(JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'))).rows;
  const before = rows();
  for (const args of [
    ['--resume', 'night', '--no-report'],
    [...FLAGS, '--run-id', 'night'],
  ]) {
    const { code, stdout, stderr } = bench(...args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /dense/);
    assert.deepEqual(filesOf(dir), blocks);
    assert.deepEqual(rows(), before);
  }
});

test('a name that is taken by another plan is refused', () => {
  refused(
    bench(...FLAGS, '--seed', '7', '--run-id', 'night'),
    /run night has another plan than this command: npm run bench/,
  );
  refused(bench(...FLAGS, '--shard', '1/2', '--run-id', 'night'), /take another --run-id/);
  refused(bench('--run-id', '../night'), /--run-id: "\.\.\/night" cannot be a folder name/);
  refused(bench('--run-id', 'x', '--resume', 'night'), /--run-id cannot be changed on --resume/);
});

test('a run of another machine is refused', () => {
  const folder = copy('elsewhere');
  const run = readRun(folder);
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({ ...run, machine: { ...run.machine, fingerprint: 'f', label: 'a T4 box' } }),
  );
  refused(
    bench('--resume', 'elsewhere'),
    /run night is of another machine: a T4 box, this is .*resume it there/,
  );
});

test('a run that another process has is refused, here and on another host', () => {
  const folder = copy('taken');
  const lock = lockRun(folder);
  refused(
    bench('--resume', 'taken'),
    new RegExp(`this run is in use by process ${process.pid}: .*lock\\.json`),
  );
  lock.release();
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ ...self(), host: 'elsewhere' }));
  refused(
    bench(...FLAGS, '--run-id', 'taken'),
    /in use by process \d+ on host elsewhere: .*if it is gone, delete/,
  );
});

test('a merged run is refused, with its parts', () => {
  const folder = copy('merged');
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...readRun(folder), mergedFrom: ['a', 'b'] }));
  refused(bench('--resume', 'merged'), /run night is merged \(resume its parts: a, b\)/);
});

test('damaged records are made good, and only a damaged block is measured again', () => {
  const folder = copy('damaged');
  const blocks = filesOf(folder);
  writeFileSync(join(folder, 'run.json'), '{"schemaVersion": 1, "id');
  writeFileSync(join(folder, 'summary.json'), '');
  const group = readdirSync(join(folder, 'blocks')).find((name) =>
    existsSync(join(folder, 'blocks', name, 'profile-0.json')),
  );
  writeFileSync(
    join(folder, 'blocks', group ?? '', 'profile-0.json'),
    blocks.get('profile-0.json')?.slice(0, 99) ?? '',
  );
  const { code, stderr } = bench('--resume', 'damaged', '--no-report');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /run\.json is not valid JSON.*set aside as .*; taken from run\.start\.json/);
  assert.match(stderr, /profile-0\.json.*will be measured anew/);
  const after = filesOf(folder);
  for (const name of ['time-0.json', 'accuracy-0.json']) assert.equal(after.get(name), blocks.get(name));
  assert.notEqual(after.get('profile-0.json'), undefined);
  assert.equal(readRun(folder).status, 'complete');
  const summary = summarySchema.parse(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')));
  assert.ok(summary.rows.every(({ status }) => status === 'ok'));
});

test('a shard without groups ends at once and is complete', () => {
  const { code, stderr } = bench(...FLAGS, '--shard', '2/2', '--run-id', 'empty');
  const other = bench(...FLAGS, '--shard', '1/2', '--list');
  assert.equal(code, 0, stderr);
  assert.equal(readRun(join(out, 'empty')).status, 'complete');
  assert.deepEqual(readRun(join(out, 'empty')).shard, { index: 2, count: 2 });
  assert.match(other.stdout, /s16\.dense\n$/);
});
