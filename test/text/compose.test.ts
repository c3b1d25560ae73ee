import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeDocuments, type ComposeOptions, countTruncated } from '../../src/text/compose.ts';
import type { Document } from '../../src/text/document.ts';
import type { TaskData } from '../../src/text/taskData.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { cpuMsOf } from '../fixtures/cpuTime.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

const tokenizer = loadTokenizer(MODEL_FOLDER);
const reviews = loadTask('reviews', null);
/** As sst2 is: no neutral sentences. */
const plain: TaskData = { ...reviews, neutral: [] };
const LENGTHS = [32, 64, 128, 256, 512];

const compose = (options: Partial<ComposeOptions>, task: TaskData = reviews): Document[] =>
  composeDocuments(task, tokenizer, { mode: 'full', seqLen: 128, count: 100, seed: 1, ...options });
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The known sentences that a document's text is made of, in order. */
const sentencesOf = (document: Document, known: ReadonlySet<string>): string[] => {
  const found: string[] = [];
  let held = '';
  for (const word of document.text.split(' ')) {
    held = held === '' ? word : `${held} ${word}`;
    if (!known.has(held)) continue;
    found.push(held);
    held = '';
  }
  assert.equal(held, '', `ends in the middle of a sentence: ${held}`);
  return found;
};

for (const task of [reviews, plain]) {
  const kind = task.neutral.length > 0 ? 'with' : 'without';
  for (const seqLen of LENGTHS) {
    test(`full documents of ${seqLen} tokens ${kind} neutral sentences are within and above 95 %`, () => {
      const lengths = compose({ seqLen, count: 300 }, task).map(({ ids }) => ids.length);
      assert.ok(Math.max(...lengths) <= seqLen);
      assert.ok(mean(lengths) >= 0.95 * seqLen, `mean fill ${mean(lengths) / seqLen}`);
      assert.ok(Math.min(...lengths) >= 0.95 * seqLen, `least fill ${Math.min(...lengths) / seqLen}`);
    });
  }
}

test('the ids are those of the text', () => {
  for (const seqLen of LENGTHS) {
    for (const { text, ids } of compose({ seqLen, count: 60 }))
      assert.deepEqual(ids, tokenizer.encode(text).ids);
  }
});

test('a document holds whole sentences of its own label, none twice, and at least one that is labelled', () => {
  const labelOf = new Map(reviews.sentences.map(({ text, label }) => [text, label]));
  const known = new Set([...labelOf.keys(), ...reviews.neutral]);
  for (const mode of ['full', 'ragged'] as const) {
    for (const seqLen of [16, 32, 128, 512]) {
      for (const document of compose({ mode, seqLen })) {
        const parts = sentencesOf(document, known);
        assert.equal(parts.length, document.sentences);
        assert.equal(new Set(parts).size, parts.length);
        const labels = parts.map((part) => labelOf.get(part)).filter((label) => label !== undefined);
        assert.ok(labels.length > 0);
        assert.ok(labels.every((label) => label === document.label));
      }
    }
  }
});

test('about a third of the sentences is neutral', () => {
  const neutral = new Set(reviews.neutral);
  const known = new Set([...reviews.sentences.map(({ text }) => text), ...neutral]);
  for (const seqLen of LENGTHS) {
    const parts = compose({ seqLen, count: 300 }).flatMap((document) => sentencesOf(document, known));
    const share = parts.filter((part) => neutral.has(part)).length / parts.length;
    assert.ok(share > 0.2 && share < 0.4, `${share} at ${seqLen}`);
  }
});

test('labels are balanced and documents differ', () => {
  for (const seqLen of LENGTHS) {
    const documents = compose({ seqLen, count: 300 });
    assert.equal(documents.filter(({ label }) => label === 1).length, 150);
    assert.equal(new Set(documents.map(({ text }) => text)).size, 300);
  }
});

test('the seed decides: the same gives the same, another another, and fewer are a prefix of more', () => {
  for (const mode of ['full', 'ragged'] as const) {
    assert.deepEqual(compose({ mode, seed: 5 }), compose({ mode, seed: 5 }));
    assert.notDeepEqual(compose({ mode, seed: 5 }), compose({ mode, seed: 6 }));
    assert.deepEqual(compose({ mode, count: 10 }), compose({ mode }).slice(0, 10));
  }
});

test('ragged lengths spread evenly from a quarter of the length to the length', () => {
  const lengths = compose({ mode: 'ragged', seqLen: 256, count: 600 }).map(({ ids }) => ids.length);
  assert.ok(Math.max(...lengths) <= 256);
  assert.ok(Math.min(...lengths) >= 0.95 * 64);
  assert.ok(Math.abs(mean(lengths) - 160) < 8, `mean ${mean(lengths)}`);
  for (const [low, high] of [
    [60, 112],
    [112, 160],
    [160, 208],
    [208, 257],
  ] as const) {
    const share = lengths.filter((length) => length >= low && length < high).length / 600;
    assert.ok(share > 0.17 && share < 0.33, `${share} in ${low}..${high}`);
  }
});

test('natural documents are the examples in order, the long ones cut and counted', () => {
  const all = compose({ mode: 'natural', seqLen: 512, count: null });
  assert.deepEqual(
    all.map(({ text, label }) => ({ text, label })),
    reviews.sentences,
  );
  assert.ok(all.every(({ cut }) => cut === undefined));
  assert.deepEqual(compose({ mode: 'natural', count: 5, seqLen: 512 }), all.slice(0, 5));
  const short = compose({ mode: 'natural', seqLen: 16, count: null });
  assert.equal(short.length, all.length);
  short.forEach(({ ids, cut }, index) => {
    const whole = all[index]!.ids;
    assert.equal(cut, whole.length > 16 ? true : undefined);
    assert.deepEqual(ids, whole.length > 16 ? [...whole.slice(0, 15), tokenizer.sepId] : whole);
  });
  assert.equal(countTruncated(reviews, tokenizer, 16), short.filter(({ cut }) => cut).length);
});

test('what cannot be met is refused with the remedy', () => {
  assert.throws(() => compose({ mode: 'natural', count: 5000 }), /5000 examples wanted, 660 there/);
  assert.throws(
    () => compose({ seqLen: 4 }),
    /no negative sentence fits sequence length 4; the shortest needs \d+ tokens/,
  );
  assert.throws(() => compose({ count: null }), RangeError);
  const oneSided = { ...plain, sentences: plain.sentences.filter(({ label }) => label === 1) };
  assert.throws(() => compose({}, oneSided), /no negative sentence/);
});

test('a set too small for the length is used up instead of repeated', () => {
  const few = { ...plain, sentences: [...plain.sentences.slice(0, 12)] };
  for (const { sentences, text } of compose({ seqLen: 512, count: 4 }, few)) {
    assert.ok(sentences <= 12);
    assert.ok(new Set(text.split(/(?<=[.!?]) /)).size >= sentences - 1);
  }
});

test('900 documents of 512 tokens take under two seconds of CPU time', () => {
  const tookMs = cpuMsOf(() => void compose({ seqLen: 512, count: 900 }));
  assert.ok(tookMs < 2000, `${tookMs} ms`);
});
