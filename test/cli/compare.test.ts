import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { command } from '../../src/cli/compare.ts';
import { BenchError } from '../../src/core/errors.ts';
import type { Summary } from '../../src/core/schema/summary.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function compare(...argv: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const restore = [
    keep(process.stdout, (text) => (said.out += text)),
    keep(process.stderr, (text) => (said.err += text)),
  ];
  try {
    const code = await command.run(argv);
    return { code, ...said };
  } finally {
    for (const undo of restore) undo();
  }
}

/** Text only: what the test runner itself writes here are bytes. */
function keep(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const write = stream.write.bind(stream);
  stream.write = ((...given: Parameters<typeof write>) => {
    if (typeof given[0] !== 'string') return write(...given);
    take(given[0]);
    return true;
  }) as typeof write;
  return () => {
    stream.write = write;
  };
}

const temporary = (): string => mkdtempSync(join(tmpdir(), 'compare-'));

function store(summary: Summary, dir: string): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
  return dir;
}

/** @param factor on the speed-ups of ltp. */
function night(day: number, factor = 1): Summary {
  const summary = fixtureSummary();
  summary.run.id = `night-${day}`;
  summary.run.startedAt = new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
  for (const row of summary.rows.filter(({ method }) => method === 'ltp')) {
    row.blockSpeedups = row.blockSpeedups.map((ratio) => ratio * factor);
  }
  return summary;
}

function results(nights: readonly Summary[]): string {
  const dir = temporary();
  for (const summary of nights) store(summary, join(dir, summary.run.id));
  return dir;
}

const refuses = (pattern: RegExp) => (thrown: unknown) =>
  thrown instanceof BenchError && thrown.exitCode === 2 && pattern.test(thrown.line);

test('a folder of runs is a rolling baseline: the last N that are older than the new run', async () => {
  const dir = results([1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => night(day)));
  const next = store(night(8.5), temporary());
  const plain = await compare(dir, next);
  assert.equal(plain.code, 0, plain.out);
  assert.match(plain.out, /Base 7 runs, night-2 to night-8; new night-8\.5/);
  assert.match((await compare(dir, next, '--last', '3')).out, /Base 3 runs, night-6 to night-8/);
  assert.match((await compare(join(dir, 'night-4'), next)).out, /Base night-4; new/);
});

test('a torn run among the nights is a complaint, and no base at all is refused unless allowed', async () => {
  const dir = results([night(1), night(2)]);
  writeFileSync(join(dir, 'night-1', 'summary.json'), '{"schema');
  const next = store(night(3), temporary());
  const result = await compare(dir, next);
  assert.equal(result.code, 0);
  assert.match(result.err, /night-1/);
  const first = store(night(0), temporary());
  await assert.rejects(compare(dir, first), refuses(/no complete run of fixture-cpu.*--allow-no-base/));
  const passed = await compare(dir, first, '--allow-no-base');
  assert.deepEqual([passed.code, passed.out], [0, '']);
});

test('a run against itself leaves with 0, and one that is slower as a whole with 3', async () => {
  const base = store(night(1), temporary());
  assert.equal((await compare(base, base)).code, 0);
  const slower = night(2);
  for (const row of slower.rows) row.blockMedianMs = row.blockMedianMs.map((ms) => ms * 1.6);
  const result = await compare(base, store(slower, temporary()), '--no-confirm');
  assert.equal(result.code, 3);
  assert.match(result.out, /4 unconfirmed candidates/);
});

test('a candidate trips the gate: unconfirmed by choice, or because it cannot be measured again here', async () => {
  const base = store(night(1), temporary());
  const next = store(night(2, 0.8), temporary());
  const off = await compare(base, next, '--no-confirm');
  assert.equal(off.code, 3);
  assert.match(off.out, /4 unconfirmed candidates/);
  assert.match(off.out, /not measured again \(--no-confirm\)/);
  const alone = await compare(base, next);
  assert.equal(alone.code, 3);
  assert.match(alone.out, /could not be confirmed here: .* holds no blocks/);
});

test('threshold and alpha are flags; a change within the threshold passes', async () => {
  const base = store(night(1), temporary());
  const next = store(night(2, 0.8), temporary());
  assert.equal((await compare(base, next, '--no-confirm', '--threshold', '25%')).code, 0);
  const small = store(night(2, 0.95), temporary());
  assert.equal((await compare(base, small, '--no-confirm')).code, 3);
  assert.equal((await compare(base, small, '--no-confirm', '--alpha', '0.000000001')).code, 0);
  await assert.rejects(compare(base, next, '--threshold', '3'), refuses(/--threshold must be a share/));
  await assert.rejects(compare(base, next, '--last', '0'), refuses(/--last must be a whole number/));
});

test('different machines are refused unless only ratios are compared', async () => {
  const base = store(night(1), temporary());
  const other = night(2);
  other.run.machine = { ...other.run.machine, fingerprint: 'another', label: 'Other CPU' };
  const next = store(other, temporary());
  await assert.rejects(compare(base, next), refuses(/different machines.*--allow-mixed/));
  const mixed = await compare(base, next, '--allow-mixed');
  assert.equal(mixed.code, 0);
  assert.match(mixed.out, /The machines differ: only ratios/);
});

test('what was told, as JSON and as Markdown', async () => {
  const base = store(night(1), temporary());
  const next = store(night(2, 0.8), temporary());
  const json = await compare(base, next, '--no-confirm', '--json');
  const parsed = JSON.parse(json.out) as { tripped: boolean; cells: unknown[]; confirmation: unknown };
  assert.equal(parsed.tripped, true);
  assert.equal(parsed.cells.length, 24);
  const markdown = await compare(base, next, '--no-confirm', '--markdown');
  assert.match(markdown.out, /^### Result: the gate is tripped: 4 unconfirmed candidates\.\n/);
  assert.match(markdown.out, /\| cell \| quantity \| new \/ base \|/);
});

test('two runs are wanted', async () => {
  await assert.rejects(compare('one'), refuses(/takes two runs, BASE and NEW, not 1/));
});
