// What a run knows of its labels before it measures: notes, doubts, and the record that is stored.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Hex } from '../../src/core/hash.ts';
import { runSchema } from '../../src/core/schema/run.ts';
import { makePlan, type Plan } from '../../src/plan/plan.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { labelsOf, modelLabels, type PlanLabels } from '../../src/run/labelling.ts';
import { catalogueOf, makeSources } from '../../src/run/sources.ts';
import type { Sources } from '../../src/run/workbench.ts';
import { Workbench } from '../../src/run/workbench.ts';
import { stepsOf } from '../../src/plan/steps.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { settled, written } from '../fixtures/ownFile.ts';
import { machine } from '../fixtures/summary.ts';
import { runRecord } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

/** The tiny zoo, its model calling its outputs so. */
function zooWith(labels: readonly string[]): string {
  const dir = tinyZoo();
  const path = join(dir, 'tiny', 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  const text = JSON.stringify({ ...config, id2label: Object.fromEntries(labels.entries()) });
  writeFileSync(path, text);
  const manifestPath = join(dir, 'manifest.json');
  const facts = JSON.stringify({ sha256: sha256Hex(Buffer.from(text)), bytes: Buffer.byteLength(text) });
  const manifest = readFileSync(manifestPath, 'utf8');
  writeFileSync(manifestPath, manifest.replace(/"config\.json":\{[^}]*\}/, `"config.json":${facts}`));
  return dir;
}

interface Prepared extends PlanLabels {
  readonly plan: Plan;
  readonly sources: Sources;
}

function prepared(
  labels: readonly string[],
  content: string,
  flags: Parameters<typeof settled>[1] = {},
): Prepared {
  const modelsDir = zooWith(labels);
  const zoo = loadZoo(modelsDir, null);
  const taskFile = settled(written('own.csv', content), flags);
  const plan = makePlan(
    {
      ...{ suite: loadSuite('quick'), effort: {}, task: taskFile.name, taskFile, composable: false },
      ...{ dataDir: null, accuracyThreads: 1, seed: 0 },
      axes: { methods: ['dense'], seqLens: [32], batchSizes: [2], text: ['natural'] },
    },
    catalogueOf(zoo),
  );
  const versions = machine.versions;
  const known = modelLabels(zoo, plan);
  const sources = makeSources({ zoo, dataDir: null, taskFile, modelLabels: known, versions });
  return { plan, sources, ...labelsOf(plan, zoo, sources) };
}

const FILE = 'text,label\nfine,good\npoor,bad\nnice,good\n';

test('a guess is a note, a doubt with its way out, and a record that a run can hold', () => {
  const { labels, textFiles, notes, doubts, plan } = prepared(['LABEL_0', 'LABEL_1'], FILE);
  assert.equal(labels[0]?.found, 'guessed');
  assert.deepEqual(labels[0].outputs, [
    { output: 'LABEL_0', label: 'bad' },
    { output: 'LABEL_1', label: 'good' },
  ]);
  assert.deepEqual(
    [textFiles[0]?.form, textFiles[0]?.examples, textFiles[0]?.unlabelled],
    ['comma-separated, without quotes, UTF-8', 3, 0],
  );
  assert.match(
    notes.join('\n'),
    /own\.csv: comma-separated.*3 texts\noutputs of tiny .*settle it with --labels=bad,good/,
  );
  assert.deepEqual([doubts.length, doubts[0]?.code], [1, 'labels-guessed']);
  assert.match(doubts[0]?.advice ?? '', /--labels=bad,good/);
  const run = { ...runRecord('r', plan), labels, textFiles, doubts: [...doubts] };
  assert.deepEqual(runSchema.parse(JSON.parse(JSON.stringify(run))).labels, labels);
});

test('names that match, and names that are given, are no guess, and are recorded as well', () => {
  const named = prepared(['Good', 'Bad'], FILE);
  assert.deepEqual([named.labels[0]?.found, named.doubts], ['case-folded', []]);
  const given = prepared(['LABEL_0', 'LABEL_1'], FILE, { labels: ['good', 'bad'] });
  assert.deepEqual([given.labels[0]?.found, given.doubts], ['given', []]);
});

test('a label called none is one where the model has it, and rows left out are counted', () => {
  const file = 'text,label\na,None\nb,anger\nc,\n';
  const { labels, textFiles, notes } = prepared(['anger', 'none'], file, { skipUnlabelled: true });
  assert.deepEqual(
    labels[0]?.outputs.map(({ label }) => label),
    ['anger', 'None'],
  );
  assert.equal(textFiles[0]?.unlabelled, 1);
  assert.match(notes[0] ?? '', /2 texts, left out without a label: 1/);
});

test('a file of few texts is timed on as many whole batches as it has', async () => {
  const { plan, sources } = prepared(['good', 'bad'], FILE);
  const time = stepsOf(plan).find(({ kind }) => kind === 'time');
  assert.ok(time);
  const job = (await new Workbench(plan, sources).prepare(time)).job({ budgetMs: 1 }, new Set());
  assert.deepEqual(
    job?.inputs.map((batch) => batch.length),
    [2],
  );
});
