// A file of pairs as the task of a real run: timed on stretched texts, answered on the examples, by the metric asked for.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { makePlan, planSchema } from '../../src/plan/plan.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { catalogueOf, makeSources } from '../../src/run/sources.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { settled } from '../fixtures/ownFile.ts';
import { machine } from '../fixtures/summary.ts';
import { runRecord } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

test('a run of a task that is a file: metric, cut examples, and what --resume needs', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'task-')), 'pairs.jsonl');
  const { sentences } = loadTask('reviews', null);
  const lines = sentences.slice(0, 40).map(({ text, label }, index) => ({
    ...{ first: text, second: sentences[index + 40]?.text ?? '', same: label === 0 ? 'no' : 'yes' },
  }));
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const taskFile = settled(path, { text: 'first', pair: 'second', label: 'same', metric: 'f1' });
  const modelsDir = tinyZoo();
  const zoo = loadZoo(modelsDir, null);
  const effort = {
    blocks: 2,
    timeBudgetSeconds: 8,
    timeoutSeconds: 600,
    accuracyExamples: 30,
    costs: 'none',
  } as const;
  const plan = makePlan(
    {
      ...{ suite: loadSuite('quick'), effort, task: taskFile.name, taskFile, composable: false },
      ...{ dataDir: null, accuracyThreads: 1, seed: 0 },
      axes: { methods: ['dense'], seqLens: [96], batchSizes: [2] },
    },
    catalogueOf(zoo),
  );
  const { folder, id } = RunFolder.create(mkdtempSync(join(tmpdir(), 'results-')));
  const versions = machine.versions;
  const sources = makeSources({ zoo, dataDir: null, taskFile, versions });
  const run = runRecord(id, plan);
  const { summary } = await benchRun({ folder, run, plan, sources, signal: new AbortController().signal });
  assert.ok(summary.rows.length > 0);
  for (const { status, accuracy, task, text, seqLen, meanInputTokens } of summary.rows) {
    assert.deepEqual([status, task, text, meanInputTokens], ['ok', taskFile.name, 'full', seqLen]);
    assert.ok(accuracy);
    assert.deepEqual([accuracy.metric, accuracy.n, accuracy.text], ['f1', 30, 'natural']);
    assert.equal(accuracy.also[0]?.metric, 'accuracy');
    assert.ok(accuracy.truncated > 0 && accuracy.truncated <= 30);
  }
  const stored = planSchema.parse(folder.restoreRun().run.plan);
  assert.deepEqual(stored.taskFile, taskFile);
  assert.deepEqual(loadTask(stored.taskFile, null).sentences.length, 40);
});
