import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { DATA_VARIABLE, dataFolder, defaultTask, loadTask } from '../../src/text/dataset.ts';

const given = process.env[DATA_VARIABLE];
afterEach(() => {
  if (given === undefined) delete process.env.TOKEN_PRUNING_DATA;
  else process.env[DATA_VARIABLE] = given;
});

/** A data directory with this as sst2/dev.tsv. */
const directory = (content: string | Uint8Array): string => {
  const folder = mkdtempSync(join(tmpdir(), 'data-'));
  mkdirSync(join(folder, 'sst2'));
  writeFileSync(join(folder, 'sst2', 'dev.tsv'), content);
  return folder;
};
const sst2 = (content: string | Uint8Array) => loadTask('sst2', directory(content));

const refuses = (content: string | Uint8Array, pattern: RegExp): void => {
  assert.throws(
    () => sst2(content),
    (error: unknown) => {
      assert.ok(error instanceof BenchError && error.exitCode === 2, String(error));
      assert.match(error.line, pattern);
      assert.match(error.line, /dev\.tsv/);
      return true;
    },
  );
};

test('the bundled set is large, balanced, and without duplicates', () => {
  const { sentences, neutral, labelNames, source } = loadTask('reviews', null);
  assert.equal(source, 'data/reviews (bundled)');
  assert.deepEqual(labelNames, ['negative', 'positive']);
  assert.ok(sentences.length >= 600, `${sentences.length} labelled`);
  assert.ok(neutral.length >= 300, `${neutral.length} neutral`);
  const positive = sentences.filter(({ label }) => label === 1).length / sentences.length;
  assert.ok(Math.abs(positive - 0.5) <= 0.02, `${positive} positive`);
  const all = [...sentences.map(({ text }) => text), ...neutral];
  assert.equal(new Set(all.map((text) => text.toLowerCase())).size, all.length);
  assert.ok(all.every((text) => text === text.trim() && !/\s\s/.test(text)));
});

test('a data directory holds sst2 in its folder or directly', () => {
  const folder = directory('sentence\tlabel\na film\t1\nno film\t0\n');
  const expected = [
    { text: 'a film', label: 1 },
    { text: 'no film', label: 0 },
  ];
  assert.deepEqual(loadTask('sst2', folder).sentences, expected);
  assert.deepEqual(loadTask('sst2', join(folder, 'sst2')).sentences, expected);
  assert.deepEqual(loadTask('sst2', folder).neutral, []);
  assert.equal(loadTask('sst2', folder).source, join(folder, 'sst2', 'dev.tsv'));
});

test('the flag goes before the environment, and either makes sst2 the default', () => {
  process.env[DATA_VARIABLE] = '/from/environment';
  assert.equal(dataFolder(null), '/from/environment');
  assert.equal(dataFolder('/from/flag'), '/from/flag');
  assert.equal(defaultTask(null), 'sst2');
  delete process.env.TOKEN_PRUNING_DATA;
  assert.equal(defaultTask('/from/flag'), 'sst2');
  if (dataFolder(null) === null) assert.equal(defaultTask(null), 'reviews');
});

test('an unknown task and a directory without the file name the remedy', () => {
  assert.throws(() => loadTask('imdbs', null), /unknown task "imdbs"/);
  assert.throws(() => loadTask('sst2', '/nowhere'), /no sst2\/dev\.tsv in \/nowhere/);
});

test('a byte-order mark, returns, quotes and odd separators are text, not structure', () => {
  const { sentences } = sst2('\uFEFFsentence\tlabel\r\n"so\u0085 it\u2028 goes" \'\t1\r\nbare " quote \t0');
  assert.deepEqual(sentences, [
    { text: '"so\u0085 it\u2028 goes" \'', label: 1 },
    { text: 'bare " quote', label: 0 },
  ]);
});

test('empty lines are passed over, and lines are counted all the same', () => {
  assert.equal(sst2('sentence\tlabel\n\na\t1\n\nb\t0\n\n').sentences.length, 2);
  refuses('sentence\tlabel\n\na\t1\n\nb\t2\n', /line 5: label "2"/);
});

test('columns are found by the header', () => {
  assert.deepEqual(sst2('label\textra\tsentence\n1\tx\tfine\n').sentences, [{ text: 'fine', label: 1 }]);
});

test('whatever is wrong in the file is refused by line', () => {
  refuses('', /line 1: the file is empty/);
  refuses('text\tlabel\na\t1\n', /line 1: no column "sentence" \(it has text, label\)/);
  refuses('sentence\tlabel\n', /line 1: no rows/);
  refuses('sentence\tlabel\na\t1\nb\n', /line 3: 1 columns instead of 2/);
  refuses('sentence\tlabel\na\t1\t2\n', /line 2: 3 columns/);
  refuses('sentence\tlabel\na\t1\nb\t2\n', /line 3: label "2" is not 0 or 1/);
  refuses('sentence\tlabel\na\t\n', /line 2: label ""/);
  refuses('sentence\tlabel\n  \t1\n', /line 2: an empty sentence/);
  refuses('sentence\tlabel\na\0b\t1\n', /line 2: a NUL byte/);
  const bad = Buffer.concat([
    Buffer.from('sentence\tlabel\ngood\t1\nb'),
    Buffer.of(0xff),
    Buffer.from('\t1\n'),
  ]);
  refuses(bad, /line 3: not valid UTF-8/);
});
