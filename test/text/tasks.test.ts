// The table of tasks on files of GLUE's own form, on the real files where they are, and on files of the user's own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { loadSplit, loadTask } from '../../src/text/dataset.ts';
import type { TaskData } from '../../src/text/taskData.ts';
import type { TaskFileFlags } from '../../src/text/tasks/taskFile.ts';
import { TASK_TABLE } from '../../src/text/tasks/table.ts';
import { settled as settle } from '../fixtures/ownFile.ts';
import { realData, skipWithout } from '../fixtures/realData.ts';
import { refuses } from '../fixtures/refuses.ts';

const folder = (files: Readonly<Record<string, string>>): string => {
  const made = mkdtempSync(join(tmpdir(), 'tasks-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(made, name, '..'), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return made;
};
const row = (...cells: string[]): string => `${cells.join('\t')}\n`;

test("CoLA has no header: label and sentence by their place, in GLUE's own folder", () => {
  const dir = folder({
    'CoLA/dev.tsv':
      row('gj04', '1', '', 'The sailors rode the breeze.') + row('gj04', '0', '*', 'Bill coughed his way.'),
  });
  const { sentences, labelNames, metrics, composable } = loadTask('cola', dir);
  assert.deepEqual(sentences, [
    { text: 'The sailors rode the breeze.', label: 1 },
    { text: 'Bill coughed his way.', label: 0 },
  ]);
  assert.deepEqual(
    [labelNames, metrics, composable],
    [['unacceptable', 'acceptable'], ['matthews', 'accuracy'], false],
  );
  const short = folder({ 'CoLA/dev.tsv': row('gj04', '1', '', 'Fine.') + row('gj04', '1') });
  refuses(() => loadTask('cola', short), /dev\.tsv line 2: 2 columns instead of 4/);
});

test('STS-B is a regression between 0 and 5', () => {
  const header = row(
    ...'index genre filename year old_index source1 source2 sentence1 sentence2 score'.split(' '),
  );
  const cells = (score: string): string =>
    row('0', 'g', 'f', 'y', '1', 'none', 'none', 'A plane.', 'An air plane.', score);
  const { sentences, kind, labelNames, metrics } = loadTask(
    'stsb',
    folder({ 'STS-B/dev.tsv': header + cells('4.75') }),
  );
  assert.deepEqual(sentences, [{ text: 'A plane.', pair: 'An air plane.', label: 4.75 }]);
  assert.deepEqual([kind, labelNames, metrics], ['regression', [], ['pearson', 'spearman']]);
  refuses(
    () => loadTask('stsb', folder({ 'stsb/dev.tsv': header + cells('high') })),
    /line 2: label "high" is not a number/,
  );
});

test('QQP: rows that are cut short are left out, as by its own reader, and a question may be empty', () => {
  const header = row('id', 'qid1', 'qid2', 'question1', 'question2', 'is_duplicate');
  const body =
    row('1', '2', '3', 'Why?', 'How come?', '1') +
    row('4', '5', '6', 'broken') +
    row('7', '8', '9', 'What?', '', '0');
  const { sentences, metrics } = loadTask('qqp', folder({ 'QQP/dev.tsv': header + body }));
  assert.deepEqual(sentences, [
    { text: 'Why?', pair: 'How come?', label: 1 },
    { text: 'What?', pair: '', label: 0 },
  ]);
  assert.deepEqual(metrics, ['f1', 'accuracy']);
});

test('MNLI: matched and mismatched files beside each other, columns by name, no row without a gold label', () => {
  const before = ['index', 'promptID', 'pairID', 'genre', 'b1', 'b2', 'p1', 'p2', 'sentence1', 'sentence2'];
  const cells = (label: string): string[] => [...before.map((name) => `${name}-x`), 'l1', label];
  const file = (...labels: string[]): string =>
    row(...before, 'label1', 'gold_label') + labels.map((label) => row(...cells(label))).join('');
  const dir = folder({
    'MNLI/dev_matched.tsv': file('neutral', '-', 'contradiction'),
    'MNLI/dev_mismatched.tsv': file('entailment'),
    'MNLI/train.tsv': file('neutral', 'neutral'),
  });
  const labels = ({ sentences }: TaskData): number[] => sentences.map(({ label }) => label);
  assert.deepEqual(labels(loadTask('mnli', dir)), [1, 2]);
  assert.deepEqual(labels(loadTask('mnli-mm', dir)), [0]);
  assert.deepEqual(labels(loadSplit('mnli-mm', dir, 'train')), [1, 1]);
  assert.equal(loadTask('mnli', dir).sentences[0]?.pair, 'sentence2-x');
});

test('a task is found in its folder only, or directly in a directory of its name', () => {
  const rte =
    row('index', 'sentence1', 'sentence2', 'label') + row('0', 'It rains.', 'It is wet.', 'entailment');
  const dir = folder({ 'RTE/dev.tsv': rte });
  assert.deepEqual(loadTask('rte', dir).sentences, [{ text: 'It rains.', pair: 'It is wet.', label: 0 }]);
  assert.equal(loadTask('rte', join(dir, 'RTE')).sentences.length, 1);
  refuses(() => loadTask('qnli', join(dir, 'RTE')), /no qnli\/dev\.tsv in .*npm run data -- fetch qnli/);
  refuses(() => loadTask('mrpc', dir), /no mrpc\/dev\.tsv in .*GLUE's own script/);
});

test('without a training file the two halves share nothing and are the same whatever the order', () => {
  const lines = Array.from({ length: 60 }, (_, index) => row(`sentence ${index}`, String(index % 2)));
  const header = row('sentence', 'label');
  const dir = folder({ 'sst2/dev.tsv': header + lines.join('') });
  const turned = folder({ 'sst2/dev.tsv': header + lines.toReversed().join('') });
  const texts = (from: string, split: 'train' | 'dev'): string[] =>
    loadSplit('sst2', from, split)
      .sentences.map(({ text }) => text)
      .sort();
  const [train, dev] = [texts(dir, 'train'), texts(dir, 'dev')];
  assert.equal(train.length + dev.length, 60);
  assert.ok(train.length > 15 && dev.length > 15);
  assert.ok(train.every((text) => !dev.includes(text)));
  assert.deepEqual(texts(turned, 'train'), train);
  const both = folder({
    'sst2/dev.tsv': header + lines.join(''),
    'sst2/train.tsv': header + row('other', '1'),
  });
  assert.deepEqual(texts(both, 'train'), ['other']);
  assert.equal(texts(both, 'dev').length, 60);
  const reviews = loadSplit('reviews', null, 'dev');
  assert.equal(reviews.sentences.length + loadSplit('reviews', null, 'train').sentences.length, 660);
});

test('a JSONL of the user: columns by name, labels as words, integers or numbers', () => {
  const lines = [
    { title: 'a lovely film', body: 'x', stars: 'good', score: 4.5, code: 1 },
    { title: 'so dull', body: 'y', stars: 'bad', score: 1, code: 0 },
  ];
  const dir = folder({ 'my reviews.v2.jsonl': lines.map((one) => `${JSON.stringify(one)}\n`).join('') });
  const path = join(dir, 'my reviews.v2.jsonl');
  const words = settle(path, { text: 'title', label: 'stars' });
  assert.match(words.name, /^my-reviews-v2-[0-9a-f]{8}$/);
  assert.deepEqual(loadTask(words, null).labelNames, ['bad', 'good']);
  assert.deepEqual(loadTask(words, null).sentences, [
    { text: 'a lovely film', label: 1 },
    { text: 'so dull', label: 0 },
  ]);
  const named = settle(path, { text: 'title', label: 'stars', labels: ['Good', 'Bad'] });
  assert.deepEqual(
    loadTask(named, null).sentences.map(({ label }) => label),
    [0, 1],
  );
  const integers = loadTask(settle(path, { text: 'title', pair: 'body', label: 'code', metric: 'f1' }), null);
  assert.deepEqual(
    [integers.labelNames, integers.metrics],
    [
      ['0', '1'],
      ['f1', 'accuracy'],
    ],
  );
  assert.deepEqual(integers.sentences[0], { text: 'a lovely film', pair: 'x', label: 1 });
  const numbers = loadTask(settle(path, { text: 'title', label: 'score', regression: true }), null);
  assert.deepEqual(
    numbers.sentences.map(({ label }) => label),
    [4.5, 1],
  );
  assert.deepEqual([numbers.kind, numbers.metrics], ['regression', ['pearson', 'spearman']]);
});

test('the name holds the content and the columns; a file that changed is another task', () => {
  const dir = folder({ 'a.tsv': row('text', 'label') + row('x', '0') + row('y', '1') });
  const path = join(dir, 'a.tsv');
  const settled = settle(path);
  assert.equal(settle(path).name, settled.name);
  assert.notEqual(settle(path, { metric: 'f1' }).name, settled.name);
  assert.equal(loadTask(settled, null).sentences.length, 2);
  writeFileSync(path, row('text', 'label') + row('x', '0') + row('z', '1'));
  refuses(() => loadTask(settled, null), /a\.tsv has changed since the run began/);
  assert.notEqual(settle(path).name, settled.name);
});

test('another file to calibrate on has the labels of the first', () => {
  const header = row('text', 'label');
  const dir = folder({
    'a.tsv': header + row('x', 'no') + row('y', 'yes'),
    'b.tsv': header + row('z', 'yes') + row('w', 'yes'),
  });
  const file = settle(join(dir, 'a.tsv'), { calibration: join(dir, 'b.tsv') });
  assert.deepEqual(
    loadSplit(file, null, 'train').sentences.map(({ label }) => label),
    [1, 1],
  );
  assert.equal(loadSplit(file, null, 'dev').sentences.length, 2);
  const halves = settle(join(dir, 'a.tsv'));
  const both = [loadSplit(halves, null, 'train'), loadSplit(halves, null, 'dev')];
  assert.equal(both[0]!.sentences.length + both[1]!.sentences.length, 2);
});

test('whatever is wrong with a file of the user is one line', () => {
  const json = (...lines: string[]): string => join(folder({ 'a.jsonl': lines.join('\n') }), 'a.jsonl');
  const load =
    (path: string, flags: Partial<TaskFileFlags> = {}) =>
    () =>
      loadTask(settle(path, flags), null);
  const good = '{"text":"a","label":0}';
  refuses(load(json(good, '{"text":"b"}')), /a\.jsonl line 2: no column "label" .*it has text/);
  refuses(load(json(good, 'text')), /a\.jsonl line 2: not valid JSON/);
  refuses(load(json(good, '["text"]')), /line 2: not a JSON object/);
  refuses(load(json(good, '{"text":1,"label":0}')), /line 2: "text" is not a text/);
  refuses(load(json(good, '{"text":"a","label":[1]}')), /line 2: "label" is not a word or a number/);
  refuses(load(json(good, '{"text":" ","label":1}')), /line 2: an empty sentence/);
  refuses(load(json('')), /line 1: the file is empty/);
  refuses(load(json(good, good)), /all labels are "0".*--labels/);
  refuses(
    load(json(good, '{"text":"b","label":"x"}'), { labels: ['p', 'q'] }),
    /line 2: label "x" is not 0 or 1 \(p, q\)/,
  );
  refuses(
    load(json(good, '{"text":"b","label":1}', '{"text":"c","label":2}'), { metric: 'f1' }),
    /--metric f1 needs two labels, and there are 3/,
  );
  refuses(() => settle(join(folder({}), 'none.tsv')), /cannot read .*none\.tsv/);
  refuses(() => settle(json(good), { regression: true, labels: ['a', 'b'] }), /--labels names classes/);
  refuses(
    load(join(folder({ 'a.csv': 'text,label\n' }), 'a.csv')),
    /a\.csv line 1: no rows after the header/,
  );
  const bytes = join(folder({}), 'bad.jsonl');
  writeFileSync(bytes, Buffer.concat([Buffer.from(`${good}\n`), Buffer.of(0x22, 0xff)]));
  refuses(load(bytes), /bad\.jsonl line 2: not valid UTF-8/);
});

/** Rows, rows of each label in order, and how the first text begins. */
const REAL = {
  sst2: { dev: [872, [428, 444]], train: 67_349, first: "it 's a charming and often affecting journey ." },
  mrpc: { dev: [408, [129, 279]], train: 3668, first: "He said the foodservice pie business doesn't fit" },
  rte: { dev: [277, [146, 131]], train: 2490, first: 'Dana Reeve, the widow of the actor' },
  qnli: { dev: [5463, [2702, 2761]], train: null, first: 'What came into force after' },
  imdb: { dev: [2000, [1000, 1000]], train: 25_000, first: "As I type these comments I'm watching a DVD" },
} as const;

for (const [name, { dev, train, first }] of Object.entries(REAL)) {
  const dir = realData();
  const skip = skipWithout(realData(name, 'dev.tsv'));
  test(`the real ${name}: rows, balance, the first text, pairs`, { skip }, () => {
    const task = loadTask(name, dir);
    const [rows, balance] = dev;
    assert.equal(task.sentences.length, rows);
    const counts = task.labelNames.map(
      (_, label) => task.sentences.filter((one) => one.label === label).length,
    );
    assert.deepEqual(counts, balance);
    assert.ok(task.sentences[0]?.text.startsWith(first));
    const paired = TASK_TABLE.find((entry) => entry.name === name)?.columns.pair !== undefined;
    assert.ok(task.sentences.every(({ pair }) => (pair !== undefined) === paired));
    const calibration = loadSplit(name, dir, 'train');
    const heldOut = loadSplit(name, dir, 'dev');
    if (train === null) assert.equal(calibration.sentences.length + heldOut.sentences.length, rows);
    else assert.equal(calibration.sentences.length, train);
    assert.equal(basename(task.source), 'dev.tsv');
  });
}
