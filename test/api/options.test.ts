import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBench } from '../../src/cli/benchFlags.ts';
import { BenchError } from '../../src/core/errors.ts';
import {
  parseBenchOptions,
  parseResumeOptions,
  parseRunOptions,
  planRequestOf,
} from '../../src/api/options.ts';
import { cellsOf } from '../../src/plan/plan.ts';
import { planOf } from '../../src/run/planOf.ts';

test('options and flags of one meaning make one plan', () => {
  const flags = ['--methods', 'topk,ltp', '--seq-lens', '32,64', '--batch-sizes', '2', '--blocks', '3'];
  const others = [
    '--accuracy-n',
    '50',
    '--costs',
    'none',
    '--shard',
    '1/2',
    '--seed',
    '7',
    '--task',
    'reviews',
  ];
  const typed = { ...parseBench([...flags, ...others]), graphs: undefined };
  const options = parseBenchOptions({
    ...{ methods: ['topk', 'ltp'], seqLens: [32, 64], batchSizes: [2], blocks: 3 },
    ...{ accuracyExamples: 50, costs: 'none', shard: { index: 1, count: 2 }, seed: 7, task: 'reviews' },
  });
  const plan = planOf(planRequestOf(options), 1);
  assert.deepEqual(plan, planOf(typed, 1));
  assert.ok(cellsOf(plan).length > 0);
});

test('a number of blocks is meant as such, unless an interval is asked for', () => {
  const intervalOf = (options: object) => planOf(planRequestOf(parseBenchOptions(options)), 1).interval;
  assert.equal(intervalOf({ interval: 0.02 }), 0.02);
  assert.equal(intervalOf({ interval: 0.02, blocks: 2 }), 0.02);
  assert.equal(intervalOf({ blocks: 2 }), null);
});

test('a file of the caller’s own is a task', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'task-')), 'mine.jsonl');
  writeFileSync(file, '{"review": "good", "stars": "a"}\n{"review": "bad", "stars": "b"}\n');
  const { task, taskFile } = planRequestOf(
    parseBenchOptions({ task: { file, textColumn: 'review', labelColumn: 'stars', labels: ['a', 'b'] } }),
  );
  assert.match(task ?? '', /^mine-[0-9a-f]{8}$/);
  assert.ok(taskFile !== null);
  assert.equal(taskFile.path, file);
  assert.deepEqual([taskFile.text, taskFile.label, taskFile.labels], ['review', 'stars', ['a', 'b']]);
});

test('what is wrong is said with the name of the option', () => {
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => parseBenchOptions({ seqLen: [32] }), /^planBench: Unrecognized key: "seqLen"/],
    [() => parseBenchOptions({ seqLens: ['32'] }), /^planBench: seqLens\.0: /],
    [() => parseBenchOptions(null), /^planBench: /],
    [() => parseBenchOptions({ interval: 1 }), /^planBench: interval: /],
    [() => parseRunOptions({ runId: '../x' }), /^runBench: runId: /],
    [() => parseRunOptions({ signal: true }), /^runBench: signal: /],
    [() => parseResumeOptions({ seqLens: [32] }), /^resumeBench: Unrecognized key: "seqLens"/],
    [
      () => planRequestOf(parseBenchOptions({ task: 'nope' })),
      /^unknown task "nope" \(`npm run data -- list` shows them; a file is \{ file: /,
    ],
    [() => planOf(planRequestOf(parseBenchOptions({ suite: 'nope' })), 1), /^unknown suite "nope"/],
    [
      () => planOf(planRequestOf(parseBenchOptions({ methods: ['best'] })), 1),
      /^--methods: unknown value "best" \(.*topk/,
    ],
    [() => parseBenchOptions({ methodFiles: 'mine.mjs' }), /^planBench: methodFiles: /],
  ];
  for (const [wrong, line] of cases) {
    assert.throws(wrong, (thrown) => thrown instanceof BenchError && line.test(thrown.line), String(line));
  }
});
