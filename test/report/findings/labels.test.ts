// What a report says of the labels: of a file of one's own always, of a task that is known only where it is a guess.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Labelling } from '../../../src/core/schema/labelling.ts';
import { labelSentences } from '../../../src/report/findings/labels.ts';
import { markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

const labelling = (found: Labelling['found'], task = 'mine-1'): Labelling => ({
  ...{ model: 'm', task, found },
  outputs: [
    { output: 'LABEL_0', label: 'bad' },
    { output: 'LABEL_1', label: null },
    { output: 'good', label: 'good' },
  ],
});
const textFiles = [
  { task: 'mine-1', path: '/data/mine.csv', form: 'comma-separated, UTF-8', examples: 9, unlabelled: 1 },
];
const GUESS =
  'Outputs of m as labels of mine-1: LABEL_0 = bad, LABEL_1 (no example has it), good (guessed by their order).';

test('the mapping and the file are in sentences', () => {
  assert.deepEqual(labelSentences({ labels: [labelling('guessed')], textFiles }), [
    'Texts of mine-1: mine.csv, comma-separated, UTF-8, 9 examples; 1 row without a label left out.',
    GUESS,
  ]);
  assert.deepEqual(labelSentences({ labels: [labelling('exact', 'sst2')] }), []);
  assert.equal(labelSentences({ labels: [labelling('guessed', 'sst2')] }).length, 1);
  assert.deepEqual(labelSentences({}), []);
});

test('every report has them', () => {
  const summary = fixtureSummary();
  const run = { ...summary.run, labels: [labelling('guessed')], textFiles };
  const told = { ...summary, run };
  for (const text of [tableOf(told), markdownOf(told), pageOf(told)])
    assert.ok(text.replaceAll('\\', '').includes(GUESS), text.slice(0, 80));
});
