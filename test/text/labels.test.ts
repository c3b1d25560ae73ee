// Labels of a user's own file: what becomes a class, what is no label at all, and what each means for a model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskData } from '../../src/text/taskData.ts';
import { alignLabels, type ModelHead } from '../../src/text/tasks/align.ts';
import { loaded, written } from '../fixtures/ownFile.ts';
import { refuses } from '../fixtures/refuses.ts';

type Flags = Parameters<typeof loaded>[1];
const file = (...labels: string[]): string =>
  written('own.tsv', `text\tlabel\n${labels.map((label, index) => `text ${index}\t${label}\n`).join('')}`);
const task = (labels: readonly string[], flags: Flags = {}, known: readonly string[] = []): TaskData =>
  loaded(file(...labels), flags, known);
const head = (...labels: string[]): ModelHead => ({ name: 'm', problem: 'classification', labels });
const generic = (count: number): ModelHead =>
  head(...Array.from({ length: count }, (_, index) => `LABEL_${index}`));

/** For each row the output that is right. */
function rightOutputs(data: TaskData, model: ModelHead): number[] {
  const { outputLabels } = alignLabels(model, data);
  return data.sentences.map(({ label }) => outputLabels.indexOf(label));
}
const found = (data: TaskData, model: ModelHead): string | undefined =>
  alignLabels(model, data).labelling?.found;

test('whole numbers that pandas wrote as floats are those integers, beyond ten as well', () => {
  const numbers = [8, 10, 9, 11, 0, 1, 2, 3, 4, 5, 6, 7];
  const integers = task(numbers.map(String));
  const floats = task(numbers.map((value) => value.toFixed(1)));
  assert.deepEqual(floats.labelNames, integers.labelNames);
  for (const data of [integers, floats]) {
    assert.deepEqual(rightOutputs(data, generic(12)), numbers);
    assert.equal(found(data, generic(12)), 'numeric');
  }
  assert.deepEqual(task(['10', '9.5', '-1.5']).labelNames, ['-1.5', '9.5', '10']);
  assert.deepEqual(task(['0', '0.0', '1']).labelNames, ['0', '1']);
});

test('a file may hold fewer classes than the model, and nothing moves', () => {
  assert.deepEqual(rightOutputs(task(['0', '2', '0']), generic(3)), [0, 2, 0]);
  assert.deepEqual(
    rightOutputs(task(['positive', 'negative']), head('negative', 'neutral', 'positive')),
    [2, 0],
  );
  assert.deepEqual(rightOutputs(task(['0', '2']), head('negative', 'neutral', 'positive')), [0, 2]);
  const { labelling, outputLabels } = alignLabels(head('a', 'b', 'c'), task(['c', 'a']));
  assert.deepEqual(labelling?.outputs, [
    { output: 'a', label: 'a' },
    { output: 'b', label: null },
    { output: 'c', label: 'c' },
  ]);
  assert.deepEqual(outputLabels, [0, 2, 1]);
  refuses(
    () => alignLabels(head('a', 'b'), task(['a', 'b', 'c'])),
    /m \(a, b\) and the labels of own-\w+ \(a, b, c\) do not match: no output is called c/,
  );
});

test('numbers of a model that names its outputs so, and counts that start at 1 or leave some out', () => {
  assert.deepEqual(rightOutputs(task(['1', '-1', '1']), head('-1', '1')), [1, 0, 1]);
  assert.equal(found(task(['1', '-1']), head('-1', '1')), 'exact');
  assert.deepEqual(rightOutputs(task(['4', '0']), head('0', '4')), [1, 0]);
  assert.deepEqual(rightOutputs(task(['5', '1', '2', '3', '4']), generic(5)), [4, 0, 1, 2, 3]);
  assert.equal(found(task(['5', '1', '2', '3', '4']), generic(5)), 'guessed');
  assert.equal(found(task(['1', '2', '3']), generic(5)), 'guessed');
  assert.deepEqual(rightOutputs(task(['2019', '2020']), head('2020', '2019')), [1, 0]);
});

test('names in other letters match as they are written', () => {
  assert.deepEqual(rightOutputs(task(['正面', '负面']), head('负面', '正面')), [1, 0]);
  assert.deepEqual(rightOutputs(task(['>50K', '<=50K']), head('<=50K', '>50K')), [1, 0]);
  assert.deepEqual(rightOutputs(task(['C++', 'C']), head('C', 'C++')), [1, 0]);
  assert.deepEqual(rightOutputs(task(['POSITIVE', 'Negative']), head('negative', 'positive')), [1, 0]);
  assert.equal(found(task(['POSITIVE', 'Negative']), head('negative', 'positive')), 'case-folded');
});

test('names against LABEL_0 are a guess that is said, and --labels settles it', () => {
  const guessed = alignLabels(generic(2), task(['spam', 'ham']));
  assert.deepEqual([guessed.labelling?.found, guessed.outputLabels], ['guessed', [0, 1]]);
  assert.match(
    guessed.note ?? '',
    /LABEL_0 = ham, LABEL_1 = spam \(guessed by their order\); settle it with --labels=ham,spam/,
  );
  const settled = alignLabels(generic(2), task(['spam', 'ham'], { labels: ['spam', 'ham'] }));
  assert.equal(settled.labelling?.found, 'given');
  assert.match(settled.note ?? '', /LABEL_0 = spam, LABEL_1 = ham \(as --labels says\)$/);
  const numbers = task(['0', '1', '2'], { labels: ['2', '1', '0'] });
  assert.deepEqual(rightOutputs(numbers, generic(3)), [2, 1, 0]);
  assert.deepEqual(
    rightOutputs(task(['bad', 'good'], { labels: ['good', 'bad'] }), head('POS', 'NEG')),
    [1, 0],
  );
  // Where the names agree they are believed more than an order.
  assert.deepEqual(rightOutputs(task(['a', 'b'], { labels: ['b', 'a'] }), head('a', 'b')), [0, 1]);
  refuses(
    () => alignLabels(generic(3), task(['a', 'b'])),
    /do not match.*name all 3 with --labels in the order of the outputs/,
  );
});

test('--labels may be names for numbers, and never takes a number for another', () => {
  assert.deepEqual(
    task(['0.0', '1', '1e0'], { labels: ['bad', 'good'] }).sentences.map(({ label }) => label),
    [0, 1, 1],
  );
  refuses(() => task(['0', '1'], { labels: ['1', '2'] }), /line 2: label "0" is not one of 1, 2/);
  refuses(() => task(['0', '3'], { labels: ['a', 'b'] }), /line 3: label "3" is not 0 or 1 \(a, b\)/);
});

test('a missing label is an error with its line, or left out and counted', () => {
  for (const missing of ['', ' ', 'nan', 'NaN', 'NA', 'N/A', 'null', 'NULL', 'None', '<NA>', '-1']) {
    const labels = ['0', '1', '2', missing, '1'];
    refuses(() => task(labels), /own\.tsv line 5: no label.*--skip-unlabelled leaves such rows out/);
    const left = task(labels, { skipUnlabelled: true });
    assert.deepEqual(
      [left.sentences.length, left.file?.unlabelled, left.labelNames],
      [4, 1, ['0', '1', '2']],
    );
  }
  refuses(() => task(['', 'nan'], { skipUnlabelled: true }), /no row has a label/);
});

test('unless the model or --labels really has a label of that name', () => {
  assert.deepEqual(task(['none', 'anger'], {}, ['Anger', 'None']).labelNames, ['anger', 'none']);
  assert.deepEqual(
    task(['NA', 'EU'], { labels: ['EU', 'NA'] }).sentences.map(({ label }) => label),
    [1, 0],
  );
  assert.deepEqual(task(['-1', '0', '1'], {}, ['-1', '0', '1']).labelNames, ['-1', '0', '1']);
  assert.deepEqual(task(['-1', '1']).labelNames, ['-1', '1']);
  refuses(() => task(['', '1'], {}, ['', '1']), /line 2: no label \(/);
});

test('a regression has numbers, and anything else is an error with its line', () => {
  const values = task(['1', '2.5', '-1', '1e0'], { regression: true });
  assert.deepEqual(
    values.sentences.map(({ label }) => label),
    [1, 2.5, -1, 1],
  );
  for (const wrong of ['high', '1,5', '0x10', '1e999'])
    refuses(() => task(['1', wrong], { regression: true }), /line 3: label ".*" is not a number/);
  refuses(() => task(['1', 'nan'], { regression: true }), /line 3: no label \("nan"\)/);
  assert.equal(task(['1', '', '2'], { regression: true, skipUnlabelled: true }).file?.unlabelled, 1);
});
