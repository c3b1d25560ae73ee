import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loaded, written } from '../../fixtures/ownFile.ts';
import { refuses } from '../../fixtures/refuses.ts';

const OBJECTS = [
  { text: 'a "b"\n[c], {d}', label: 1 },
  { text: 'e\\', label: 0 },
];
const LINES = OBJECTS.map((object) => JSON.stringify(object)).join('\n');

test('JSON is told by its first character, whatever the file is called', () => {
  const files: [string, string, RegExp][] = [
    ['lines.json', LINES, /^a JSON object a line/],
    ['lines.jsonl', `${LINES}\n`, /^a JSON object a line/],
    ['lines.txt', `\n  ${LINES}`, /^a JSON object a line/],
    ['array.json', JSON.stringify(OBJECTS), /^a JSON array/],
    ['array.jsonl', JSON.stringify(OBJECTS, null, 2), /^a JSON array/],
    ['array.tsv', `\ufeff ${JSON.stringify(OBJECTS)} \n`, /^a JSON array/],
  ];
  for (const [name, content, form] of files) {
    const { sentences, file } = loaded(written(name, content));
    assert.deepEqual(sentences, [...OBJECTS.map(({ text, label }) => ({ text, label }))], name);
    assert.match(file?.form ?? '', form, name);
    assert.deepEqual(file?.columns, ['text', 'label']);
  }
  const header = loaded(written('braces.tsv', '{text}\tlabel\na\t1\nb\t0\n'), { text: '{text}' });
  assert.equal(header.sentences.length, 2);
});

test('empty lines are passed over', () => {
  const { file, sentences } = loaded(written('a.jsonl', `\n${LINES.replace('\n', '\n\n \r\n')}\n\n`));
  assert.deepEqual([sentences.length, file?.emptyLines], [2, 4]);
});

test('whole numbers that were written as floats, booleans and words are labels', () => {
  const labels = (...values: unknown[]): readonly string[] =>
    loaded(written('a.json', JSON.stringify(values.map((label) => ({ text: 'a', label }))))).labelNames;
  assert.deepEqual(labels(2.0, 10.0, 0), ['0', '2', '10']);
  assert.deepEqual(labels(true, false), ['false', 'true']);
  assert.deepEqual(labels('b', 'a'), ['a', 'b']);
});

test('what is wrong has a line, in arrays as well', () => {
  const read = (content: string) => () => loaded(written('a.json', content));
  const [first = '', second = ''] = LINES.split('\n');
  refuses(read(`[\n${first},\n\n{"text": 1, "label": 0}]`), /line 4: "text" is not a text/);
  refuses(read(`[\n${first},\n{"text": "x" "label": 0}]`), /line 3: not valid JSON/);
  refuses(read(`[${first},\n${second}\n`), /line 1: the array is not closed|line 2: the array is not closed/);
  refuses(read(`[${first},\n,${second}]`), /line 2: an element of the array is missing/);
  refuses(read(`[${first}]\n${second}`), /line 2: something stands behind the end of the array/);
  refuses(read(`["a", "b"]`), /line 1: not a JSON object/);
  refuses(read('[]'), /line 1: the file is empty/);
  refuses(
    read('{\n  "text": "a",\n  "label": 1\n}\n'),
    /line 1: not valid JSON.*write one object a line .*lines=True/,
  );
  refuses(read('{"text":{"0":"a"},"label":{"0":1}}'), /line 1: "text" is not a text.*orient='records'/);
  refuses(
    read(`${first}\n{"txt":"a","label":1}`),
    /line 2: no column "text" \(did you mean "txt"\? it has txt, label\)/,
  );
  refuses(read('['.repeat(100_000)), /line 1/);
});
