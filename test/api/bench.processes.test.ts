// The API as a program uses it, by the package's own name, with real workers on a tiny model.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  BenchError,
  cellKey,
  cellsOf,
  planBench,
  readSummary,
  resumeBench,
  runBench,
  type BenchOptions,
} from '../../src/api/index.ts';
import { repoRoot } from '../../src/core/root.ts';
import { runSchema } from '../../src/core/schema/run.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

process.env['TOKEN_PRUNING_MODELS'] = tinyZoo();

const options: BenchOptions = {
  ...{ models: ['tiny'], methods: ['topk'], seqLens: [160], batchSizes: [2], task: 'reviews' },
  ...{ blocks: 1, timeBudgetSeconds: 2, accuracyExamples: 8, costs: 'none' },
};
const outDir = mkdtempSync(join(tmpdir(), 'api-'));

test('a run is planned, measured, reported and read', async () => {
  const planned = cellsOf(await planBench(options)).map(cellKey);
  assert.equal(planned.length, 3);
  const lines: string[] = [];
  const reportDir = join(outDir, 'report');
  const result = await runBench({
    ...options,
    ...{ outDir, reportDir, runId: 'one', onProgress: (line: string) => lines.push(line) },
  });
  assert.deepEqual([result.failed, result.interrupted, result.dir], [false, false, join(outDir, 'one')]);
  assert.deepEqual(result.summary.rows.map(cellKey).sort(), planned.toSorted());
  assert.deepEqual(readSummary(result.dir), result.summary);
  assert.deepEqual(readSummary(join(result.dir, 'summary.json')), result.summary);
  assert.equal(result.report, join(reportDir, 'report.html'));
  assert.ok(existsSync(join(reportDir, 'report.html')));
  assert.match(result.summary.run.command, /^runBench\(\{"models":\["tiny"\],/);
  assert.ok(lines.some((line) => line.startsWith('[1/')));
  assert.ok(!existsSync(join(result.dir, 'lock.json')), 'the folder is free while the program goes on');
});

test('an interrupted run is resumed where it was', async () => {
  const stop = new AbortController();
  const onProgress = (line: string): void => {
    if (line.startsWith('[2/')) stop.abort();
  };
  const begun = await runBench({ ...options, outDir, runId: 'two', signal: stop.signal, onProgress });
  assert.deepEqual([begun.interrupted, begun.report], [true, null]);
  const done = await resumeBench('two', { outDir });
  assert.deepEqual([done.interrupted, done.failed, done.dir], [false, false, begun.dir]);
  const run = runSchema.parse(JSON.parse(readFileSync(join(done.dir, 'run.json'), 'utf8')));
  assert.equal(run.status, 'complete');
});

test('what is refused is a BenchError, and leaves the folder free', async () => {
  const line = (pattern: RegExp) => (thrown: unknown) =>
    thrown instanceof BenchError && pattern.test(thrown.line);
  await assert.rejects(planBench({ models: ['nobody'] }), line(/unknown model "nobody"/));
  await assert.rejects(resumeBench('nobody', { outDir }), line(/no run "nobody"/));
  await assert.rejects(
    runBench({ ...options, seqLens: [64], outDir, runId: 'one' }),
    line(/run one has another plan than this command: runBench\(/),
  );
  assert.ok(!existsSync(join(outDir, 'one', 'lock.json')));
  assert.throws(() => readSummary(join(outDir, 'nobody')), line(/no such run or file/));
});

test('the example of the docs runs', () => {
  const example = join(repoRoot(), 'docs', 'examples', 'fastest-method.mjs');
  const cwd = mkdtempSync(join(tmpdir(), 'example-'));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [example, ...args], { cwd, encoding: 'utf8' });
  const { status, stdout, stderr } = run('tiny', '160', '2', '2');
  assert.equal(status, 0, stderr);
  for (const name of ['dense', 'dense-padded', 'ltp:x2', 'threshold:x2', 'topk:x2', 'transkimmer:x2'])
    assert.match(stdout, new RegExp(`^${name}: \\d+\\.\\d\\dx \\[`, 'm'));
  const [, dir = ''] = /^the run is [A-Z]+: (.*)$/m.exec(stdout) ?? [];
  assert.equal(dirname(dir), join(cwd, 'results'));
  const wrong = run('nobody');
  assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /^[^\n]*unknown model "nobody"[^\n]*\n$/);
});
