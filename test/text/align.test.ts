import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskData } from '../../src/text/taskData.ts';
import { alignLabels } from '../../src/text/tasks/align.ts';
import { refuses } from '../fixtures/refuses.ts';

const task = (labelNames: readonly string[], kind: TaskData['kind'] = 'classification'): TaskData => ({
  ...{ task: 'mnli', kind, metrics: ['accuracy'], composable: false, source: '' },
  ...{ labelNames, sentences: [], neutral: [] },
});
const head = (...labels: string[]) => ({ name: 'm', problem: 'classification', labels }) as const;
const MNLI = task(['entailment', 'neutral', 'contradiction']);

test('outputs in another order are matched by name, whatever its case', () => {
  const { outputLabels, note } = alignLabels(head('CONTRADICTION', 'Neutral', 'entailment'), MNLI);
  assert.deepEqual(outputLabels, [2, 1, 0]);
  assert.match(note ?? '', /matched by name/);
  const rte = task(['entailment', 'not_entailment']);
  assert.deepEqual(alignLabels(head('not-entailment', 'ENTAILMENT'), rte).outputLabels, [1, 0]);
  assert.equal(alignLabels(head('entailment', 'neutral', 'contradiction'), MNLI).note, null);
});

test('names that say nothing go by position, as other words do: a guess, and it is said', () => {
  for (const labels of [
    ['LABEL_0', 'LABEL_1', 'LABEL_2'],
    ['label 0', 'label 1', 'label 2'],
    ['0', '1', '2'],
  ]) {
    const { outputLabels, labelling, note } = alignLabels(head(...labels), MNLI);
    assert.deepEqual([outputLabels, labelling?.found], [[0, 1, 2], 'guessed']);
    assert.match(note ?? '', /guessed by their order.*id2label/);
  }
  const sentiment = alignLabels(head('NEG', 'POS'), task(['negative', 'positive']));
  assert.deepEqual(sentiment.outputLabels, [0, 1]);
  assert.match(
    sentiment.note ?? '',
    /outputs of m as labels of mnli: NEG = negative, POS = positive \(guessed by their order\)/,
  );
});

test('what cannot be matched is refused with both lists', () => {
  refuses(
    () => alignLabels(head('a', 'b'), MNLI),
    /m \(a, b\) and the labels of mnli \(entailment, neutral, contradiction\)/,
  );
  refuses(() => alignLabels(head('neutral', 'yes', 'no'), MNLI), /do not match/);
  refuses(
    () => alignLabels({ ...head('x'), problem: 'regression' }, MNLI),
    /m is a regression, task mnli a classification/,
  );
  refuses(
    () => alignLabels(head('a', 'b'), task([], 'regression')),
    /m is a classification, task mnli a regression/,
  );
});

test('a regression has one output', () => {
  const found = alignLabels({ ...head('LABEL_0'), problem: 'regression' }, task([], 'regression'));
  assert.deepEqual(found, { outputLabels: [0], labelling: null, note: null });
});
