// `npm run bench` as a person starts it: what it prints and with which exit code it leaves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function bench(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'bench', ...args], {
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

test('--list prints one cell a line and runs nothing', () => {
  const { code, stdout, stderr } = bench(
    ...['--list', '--task', 'reviews', '--methods', 'dense', '--seq-lens', '32-64*2', '--batch-sizes', '1,8'],
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n'), [
    'minilm-l6.reviews.full.cpu.fp32.t1.b1.s32.dense',
    'minilm-l6.reviews.full.cpu.fp32.t1.b1.s64.dense',
    'minilm-l6.reviews.full.cpu.fp32.t1.b8.s32.dense',
    'minilm-l6.reviews.full.cpu.fp32.t1.b8.s64.dense',
  ]);
  assert.match(stderr, /4 cells in 4 groups, 8 blocks each/);
});

test('--help goes to stdout and names the flags', () => {
  const { code, stdout } = bench('--help');
  assert.equal(code, 0);
  assert.match(stdout, /--seq-lens LIST/);
});

test('wrong usage leaves with 2, nothing on stdout and one line on stderr', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'out-')), 'file');
  writeFileSync(file, '');
  const cases: [string[], RegExp][] = [
    [['--suite', 'fast'], /unknown suite "fast" \(legal: batch, lengths/],
    [['--sweet', 'quick'], /unknown flag --sweet \(npm run bench -- --help lists them\)/],
    [['--suit', 'quick'], /unknown flag --suit \(did you mean --suite\?/],
    [['--list', '--seq-lens', '4096'], /sequence length 4096 is more than the 512 positions/],
    [['--list', '--models', 'gpt'], /unknown model "gpt"/],
    [['--print-job', 'nope'], /no group "nope" in the plan/],
    [['--task', 'reviews', '--out', join(file, 'results')], /cannot write results to/],
    [['--resume', 'nope', '--out', tmpdir()], /no run "nope" under/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = bench(...args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
  assert.ok(existsSync(file));
});
