// Delimited files as programs write them, and as people do: what is read, what was decided and how it is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskData } from '../../../src/text/taskData.ts';
import { loaded, written } from '../../fixtures/ownFile.ts';
import { refuses } from '../../fixtures/refuses.ts';

const textsOf = ({ sentences }: TaskData): string[] => sentences.map(({ text }) => text);
const read = (name: string, content: string | Uint8Array): TaskData => loaded(written(name, content));

const TEXTS = ['He said "no", and left', 'A lovely\nfilm\twith all', '5" screen', '"Wow"', 'plain'];

/** As a writer that quotes by this rule has it. */
function table(delimiter: string, quotes: (cell: string) => boolean, end = '\n'): string {
  const cell = (text: string): string => (quotes(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = [['text', 'label'], ...TEXTS.map((text, index) => [text, String(index % 2)])];
  return rows.map((row) => row.map(cell).join(delimiter) + end).join('');
}
const minimal =
  (delimiter: string) =>
  (cell: string): boolean =>
    cell.includes(delimiter) || /["\r\n]/.test(cell);

test('whoever wrote it, by RFC 4180 the texts are the same', () => {
  const files: [string, string][] = [
    ['pandas.csv', table(',', minimal(','))],
    ['pandas.tsv', table('\t', minimal('\t'))],
    ['excel.tsv', table('\t', (cell) => minimal('\t')(cell) || cell.includes(','))],
    ['all.tsv', table('\t', () => true)],
    ['words.tsv', table('\t', (cell) => !/^\d+$/.test(cell))],
    ['windows.csv', table(',', minimal(','), '\r\n')],
    ['windows.tsv', table('\t', minimal('\t'), '\r\n')],
  ];
  for (const [name, content] of files) {
    const task = read(name, content);
    assert.deepEqual(textsOf(task), TEXTS, name);
    assert.match(task.file?.form ?? '', /quoted \(RFC 4180\), UTF-8$/, name);
    assert.equal(task.file?.doubt, null, name);
  }
});

test("an index without a name, as pandas' to_csv writes it, is a column like any other", () => {
  const { file, sentences } = read('a.csv', ',text,label\n0,"a ""b""",1\n1,c,0\n');
  assert.deepEqual(file?.columns, ['', 'text', 'label']);
  assert.deepEqual(sentences, [
    { text: 'a "b"', label: 1 },
    { text: 'c', label: 0 },
  ]);
});

test('backslashes before quotes, as R and Spark write them', () => {
  const rows = '"text"\t"label"\n"He said \\"no\\", and left"\t"a"\n"plain"\t"b"\n';
  for (const [name, content] of [
    ['r.tsv', rows],
    ['r.csv', rows.replaceAll('\t', ',')],
  ] as const) {
    const task = read(name, content);
    assert.deepEqual(textsOf(task), ['He said "no", and left', 'plain']);
    assert.match(task.file?.form ?? '', /with backslashes before quotes within/);
  }
});

test("GLUE's manner stays: quotes are text where no writer can have put them there", () => {
  const bare = read('glue.tsv', 'text\tlabel\n"so it goes" \'\t1\nbare " quote\t0\n"whole"\t1\n');
  assert.deepEqual(textsOf(bare), ['"so it goes" \'', 'bare " quote', '"whole"']);
  assert.match(bare.file?.form ?? '', /^tab-separated, quotes are text, UTF-8$/);
  assert.match(
    bare.file?.doubt ?? '',
    /one row has a cell in quotes \(the first in line 4\).*taken for text/,
  );
  // Two lone quotes that happen to look like a pair must not swallow the rows between them.
  const lone = read('lone.tsv', 'text\tlabel\n"Wow, great\t1\nplain\t0\nhe said hello"\t0\n');
  assert.deepEqual(textsOf(lone), ['"Wow, great', 'plain', 'he said hello"']);
});

test('the delimiter is that of the name, or the one that finds the columns', () => {
  const names = { ',': 'comma', '\t': 'tab', ';': 'semicolon', '|': 'bar' };
  for (const name of ['a.csv', 'a.tsv', 'a.txt']) {
    for (const [delimiter, word] of Object.entries(names)) {
      const task = read(
        name,
        `id${delimiter}text${delimiter}label\n1${delimiter}a b${delimiter}0\n2${delimiter}c${delimiter}1\n`,
      );
      assert.deepEqual(textsOf(task), ['a b', 'c']);
      assert.ok(task.file?.form.startsWith(`${word}-separated, without quotes`), task.file?.form);
    }
  }
});

test('empty lines are passed over and counted, wherever they are', () => {
  for (const [name, delimiter] of [
    ['a.tsv', '\t'],
    ['a.csv', ','],
  ] as const) {
    const content = `text${delimiter}label\n\na${delimiter}1\n  \n\r\nb${delimiter}0\n${delimiter}\n\n`;
    const task = read(name, content);
    assert.deepEqual(textsOf(task), ['a', 'b']);
    assert.equal(task.file?.emptyLines, 5);
  }
});

test('old Macintosh line ends', () => {
  assert.deepEqual(textsOf(read('a.csv', 'text,label\ra,1\r"b, c",0\r')), ['a', 'b, c']);
});

test('a column that is not there: those that are, and the one that was meant', () => {
  const path = written('a.csv', 'Text,sentence, Label ,x\na,b,1,y\n');
  refuses(
    () => loaded(path, { text: 'sentense' }),
    /a\.csv line 1: no column "sentense" \(did you mean "sentence"\? it has Text, sentence, Label, x\)/,
  );
  refuses(() => loaded(path, { text: 'sentence' }), /no column "label" \(did you mean "Label"\?/);
  refuses(() => read('b.csv', 'text,label,label\na,1,2\n'), /line 1: two columns are called "label"/);
  refuses(() => read('c.csv', ''), /line 1: the file is empty/);
  refuses(() => read('d.csv', 'text,label\n\n'), /line 1: no rows after the header/);
});

test('what is wrong has a line, also behind cells of several lines', () => {
  const good = 'text,label\n"a\nb\nc",1\n';
  refuses(() => read('a.csv', `${good}d,0,1\n`), /a\.csv line 5: 3 columns instead of 2/);
  refuses(() => read('a.csv', `${good}"d,0\ne,1\n`), /line 5: a quote is opened and not closed/);
  refuses(() => read('a.csv', `${good}"d" e,0\n`), /line 5: a cell goes on after its closing quote/);
  // Of a tab-separated file that fails either way, the reading that got farther has the error.
  const several = 'text\tlabel\n"a\nb"\t1\n';
  refuses(() => read('a.tsv', `${several}"c\t0\n`), /line 4: a quote is opened and not closed/);
  refuses(() => read('a.tsv', 'text\tlabel\na\t1\nb\n'), /line 3: 1 columns instead of 2/);
  refuses(() => read('a.csv', `${good},1\n`), /line 5: an empty sentence/);
  const long = 'x'.repeat(1_000_001);
  refuses(
    () => read('a.csv', `${good}${long},0\n`),
    /line 5: a row of \d+ characters, and up to 1000000 are read/,
  );
  refuses(
    () => read('a.jsonl', `{"text":"a","label":0}\n{"text":"${long}","label":1}\n`),
    /line 2: a row of \d+ characters/,
  );
});
