import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
const data = (...argv: string[]): Outcome => {
  const env = { ...process.env };
  delete env.TOKEN_PRUNING_DATA;
  return spawnSync(process.execPath, [MAIN, 'data', ...argv], { encoding: 'utf8', env });
};

const sst2Folder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'data-'));
  mkdirSync(join(folder, 'sst2'));
  const rows = ['what a warm and clever little film\t1', 'what a cold and clumsy little film\t0'];
  writeFileSync(join(folder, 'sst2', 'dev.tsv'), ['sentence\tlabel', ...rows, ''].join('\n'));
  return folder;
};

test('list names every task, where it is read from and how large it is', () => {
  const folder = sst2Folder();
  const { status, stdout } = data('list', '--data', folder);
  assert.equal(status, 0);
  assert.match(stdout, /^reviews +\d+ sentences \(\d+ negative, \d+ positive\), \d+ neutral$/m);
  assert.match(stdout, /^sst2 +2 sentences \(1 negative, 1 positive\), 0 neutral$/m);
  assert.ok(stdout.includes(folder));
});

test('a task that is not there is listed with the way to get it', () => {
  const { status, stdout } = data('list', '--data', '/nowhere');
  assert.equal(status, 0);
  assert.match(stdout, /^sst2 +not available: .*--data DIR/m);
});

test('show prints composed documents, the same for the same seed', () => {
  const argv = ['show', '--task', 'reviews', '--seq-len', '64', '--count', '2'];
  const first = data(...argv);
  assert.equal(first.status, 0);
  assert.match(
    first.stdout,
    /^\[negative, 6[1-4] tokens, \d sentences\]\n\S.*\n\n\[positive, 6[1-4] tokens/m,
  );
  assert.match(first.stdout, /reviews, full, length 64: tokens .* % filled/);
  assert.equal(data(...argv).stdout, first.stdout);
  assert.notEqual(data(...argv, '--seed', '1').stdout, first.stdout);
});

test('show says what was understood of a file, and which output each label is', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'own-')), 'mine.csv');
  writeFileSync(path, ',review,label\n0,"fine, ""really""",Positive\n\n1,poor,Negative\n2,"so\nso",\n');
  const refused = data('show', '--task', path, '--text-column', 'review');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /mine\.csv line 5: no label/);
  const argv = [
    'show',
    '--task',
    path,
    '--text-column',
    'review',
    '--skip-unlabelled',
    '--model',
    'minilm-l6',
  ];
  const { status, stdout } = data(...argv);
  assert.equal(status, 0);
  for (const line of [
    `file     ${path}`,
    'form     comma-separated, quoted (RFC 4180), UTF-8; 1 empty lines passed over',
    'columns  "", review, label',
    'texts    2, left out without a label: 1',
    'labels   Negative: 1 texts, output 0 (negative)',
    '         Positive: 1 texts, output 1 (positive)',
  ])
    assert.ok(stdout.includes(`${line}\n`), stdout);
  assert.match(stdout, /^outputs .*matched by name, whatever its case\)$/m);
  assert.match(stdout, /^tokens +\d+ \(p50\), \d+ \(p95\), \d+ \(most\)$/m);
  assert.match(stdout, /^\[Positive, \d+ tokens, 1 sentences\]\nfine, "really"$/m);
  const wrong = data('show', '--task', path, '--text-column', 'reviw');
  assert.match(wrong.stderr, /no column "reviw" \(did you mean "review"\?/);
});

test('a data directory makes sst2 the default task', () => {
  const { status, stdout } = data('show', '--data', sst2Folder(), '--text-mode', 'natural', '--count', '2');
  assert.equal(status, 0);
  assert.match(stdout, /what a warm/);
});

test('wrong usage is one line on stderr and exit code 2', () => {
  const wrong: [string[], RegExp][] = [
    [['lst'], /data: unknown command "lst" \(did you mean list\?/],
    [['fetch', 'imdb'], /task imdb cannot be fetched .*Large Movie Review/],
    [['fetch'], /data fetch takes one task, not 0 \(npm run data -- fetch sst2\)/],
    [['fetch', 'sst2', '--force', '--from', '/nowhere/SST-2.zip'], /cannot read \/nowhere\/SST-2\.zip/],
    [['fetch', 'stt2'], /data fetch: unknown task "stt2" \(did you mean sst2\?/],
    [['show', '--task', 'films'], /--task: unknown task "films" \(`npm run data -- list` shows them/],
    [['show', '--seq-len', 'x'], /--seq-len must be a whole number/],
    [['show', '--text-mode', 'whole'], /--text-mode: unknown value "whole"/],
    [['show', '--model', 'none', '--task', 'reviews'], /unknown model "none"/],
    [['list', '--what'], /--what/],
  ];
  for (const [argv, pattern] of wrong) {
    const { status, stdout, stderr } = data(...argv);
    assert.equal(status, 2, argv.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, pattern);
    assert.equal(
      stderr
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('fetching')).length,
      1,
      stderr,
    );
  }
});

test('--help lists the sub-commands, and each of them its flags', () => {
  const { status, stdout } = data('--help');
  assert.equal(status, 0);
  for (const word of ['list', 'fetch', 'show']) assert.match(stdout, new RegExp(`^  ${word} `, 'm'));
  const show = data('show', '--help');
  assert.equal(show.status, 0);
  for (const word of ['data -- show', '--data DIR', '--seq-len N'])
    assert.ok(show.stdout.includes(word), word);
  assert.match(data('fetch', '-h').stdout, /Usage: npm run data -- fetch \[flags\] TASK/);
});
