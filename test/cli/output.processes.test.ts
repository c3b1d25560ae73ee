// What goes to which stream, and with which code a command leaves that is stopped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSchema } from '../../src/core/schema/run.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { start } from '../fixtures/processes.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const SMALL =
  '--methods dense --seq-lens 16 --batch-sizes 1 --blocks 1 --accuracy-n 4 --task reviews --time-budget 1 --no-report';
const out = mkdtempSync(join(tmpdir(), 'output-'));

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function main(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const bench = (...args: string[]): Answer => main('bench', ...SMALL.split(' '), '--out', out, ...args);
const stored = (id: string): unknown =>
  JSON.parse(readFileSync(join(out, id, 'summary.json'), 'utf8')) as unknown;

let first: Answer;
before(() => {
  first = bench('--run-id', 'first', '--json', '-');
});

test('--json - prints the summary alone on stdout', () => {
  assert.equal(first.code, 0, first.stderr);
  const printed: unknown = JSON.parse(first.stdout);
  assert.equal(summarySchema.safeParse(printed).success, true);
  assert.deepEqual(printed, stored('first'));
  assert.match(first.stderr, /^summary: /m);
});

test('--quiet prints nothing on stderr but errors, and the same on stdout', () => {
  const quiet = bench('--run-id', 'quiet', '--quiet');
  assert.deepEqual([quiet.code, quiet.stderr], [0, '']);
  assert.match(quiet.stdout, /dense/);
  const wrong = main('bench', '-q', '--suite', 'fast');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^unknown suite "fast"/);
  assert.equal(main('bench', '-q', '--precision', '1%', '--list', '--task', 'reviews').stderr, '');
});

test('report and merge take both as well', () => {
  const run = join(out, 'first');
  const report = main('report', run, '--out', join(out, 'report'), '--json', '-q');
  assert.deepEqual([report.code, report.stderr], [0, '']);
  assert.deepEqual(JSON.parse(report.stdout), stored('first'));
  const list = main(
    'bench',
    '--list',
    '--task',
    'reviews',
    '--methods',
    'dense',
    '--seq-lens',
    '16',
    '--json',
  );
  assert.deepEqual(JSON.parse(list.stdout), [
    'minilm-l6.reviews.full.cpu.fp32.t1.b1.s16.dense',
    'minilm-l6.reviews.full.cpu.fp32.t1.b8.s16.dense',
  ]);
});

test('a flag by its former name works as the new one, and one line says so', () => {
  const cases: [string[], RegExp][] = [
    [['--precision', '5%'], /^--precision is now --interval; the old name goes with the next version$/m],
    [['--text', 'ragged'], /^--text is now --text-mode;/m],
  ];
  for (const [old, line] of cases) {
    const { code, stdout, stderr } = main('bench', '--list', '--task', 'reviews', ...old);
    assert.equal(code, 0, stderr);
    assert.match(stderr, line);
    assert.equal(stderr.match(/is now/g)?.length, 1);
    assert.equal(/\.ragged\./.test(stdout), old.includes('ragged'));
  }
});

test('Ctrl-C ends a run with 130; it says how to go on, and that works', async () => {
  const { child, errors, ended } = start([
    MAIN,
    'bench',
    ...SMALL.replace('--blocks 1', '--blocks 400').replace('--time-budget 1', '--time-budget 600').split(' '),
    ...['--out', out, '--run-id', 'stopped', '--quiet'],
  ]);
  const blocks = join(out, 'stopped', 'blocks');
  const timed = (): boolean => {
    try {
      return readdirSync(blocks, { recursive: true, encoding: 'utf8' }).some((name) =>
        name.includes('time-'),
      );
    } catch {
      return false; // not there yet
    }
  };
  while (!timed() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  assert.equal(await ended, 130);
  assert.equal(errors(), `interrupted; go on with: npm run bench -- --resume stopped --out ${out}\n`);
  const record: unknown = JSON.parse(readFileSync(join(out, 'stopped', 'run.json'), 'utf8'));
  assert.equal(runSchema.parse(record).status, 'interrupted');
  const resumed = start([
    MAIN,
    'bench',
    '--resume',
    'stopped',
    '--out',
    out,
    '--no-report',
    '--time-budget',
    '1',
  ]);
  while (!/\[\d+\/\d+\]/.test(resumed.errors()) && resumed.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const done = Number(/\[(\d+)\//.exec(resumed.errors())?.[1]);
  assert.ok(done > 1, resumed.errors()); // what was finished is not measured again
  resumed.child.kill('SIGTERM');
  assert.equal(await resumed.ended, 143);
});
