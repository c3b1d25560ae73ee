import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, numberOf, recognise } from '../../src/text/tasks/labelIdentity.ts';

test('exact names first, in any script and with any signs', () => {
  for (const names of [
    ['负面', '正面'],
    ['негативный', 'позитивный'],
    ['<=50K', '>50K'],
    ['-1', '1'],
    ['C', 'C++', 'C#'],
    ['a', 'A'],
  ]) {
    const turned = names.toReversed();
    const { places, likeness } = recognise(turned, names);
    assert.deepEqual(
      places,
      names.map((_, index) => names.length - 1 - index),
      names.join(),
    );
    assert.equal(likeness, 'exact');
  }
});

test('then whatever the case, by Unicode', () => {
  for (const [label, name] of [
    ['POSITIVE', 'positive'],
    ['НЕГАТИВНЫЙ', 'негативный'],
    ['STRASSE', 'straße'],
    ['ΟΔΟΣ', 'οδός'.normalize('NFD').replace(/\u0301/g, '')],
    ['CAFE\u0301', 'café'],
    ['not-entailment', 'NOT_ENTAILMENT'],
    ['very good', 'Very_Good'],
  ] as const) {
    assert.deepEqual(recognise([label], ['other', name]), { places: [1], likeness: 'case-folded' }, label);
  }
});

test('a weaker likeness never makes one label of two', () => {
  assert.deepEqual(recognise(['POSITIVE'], ['positive', 'Positive']).places, [-1]);
  assert.deepEqual(recognise(['Positive', 'positive'], ['POSITIVE', 'negative']).places, [-1, -1]);
  assert.deepEqual(recognise(['-1', '1'], ['1', '-1']).places, [1, 0]);
  assert.deepEqual(recognise(['-1'], ['1']).places, [-1]);
  assert.deepEqual(recognise(['1.0', '1'], ['1', '0']).places, [-1, 0]);
  assert.deepEqual(recognise(['007'], ['7']).places, [-1]);
});

test('then numbers as numbers', () => {
  assert.deepEqual(recognise(['0.0', '11.0', '1e0', ' 3 '], ['0', '1', '3', '11']), {
    places: [0, 3, 1, 2],
    likeness: 'numeric',
  });
  const cases: [string, number | null][] = [
    ['-0', 0],
    ['+1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e400', null],
    ['12345678901234567', null],
    ['0x10', null],
    ['', null],
    ['nan', null],
    ['Infinity', null],
    ['1,5', null],
  ];
  for (const [text, value] of cases) assert.equal(numberOf(text), value, text);
  assert.equal(fold(' İ '), fold('İ'));
});
