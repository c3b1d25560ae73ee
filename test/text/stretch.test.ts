// Documents of tasks whose texts cannot be put together: examples cut to the length, and stretched texts for timing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import { repoRoot } from '../../src/core/root.ts';
import { composeDocuments } from '../../src/text/compose.ts';
import type { TaskData } from '../../src/text/taskData.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { encodeWithin } from '../../src/text/truncate.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

const GOLDEN = join(repoRoot(), 'test/golden/tokenizer');
const bert = loadTokenizer(MODEL_FOLDER);
const roberta = loadTokenizer(join(GOLDEN, 'byte-level'));
const { sentences } = loadTask('reviews', null);
const single: TaskData = {
  ...{ task: 'single', kind: 'classification', metrics: ['accuracy'], composable: false, source: '' },
  ...{ labelNames: ['a', 'b'], sentences, neutral: [] },
};
const paired: TaskData = {
  ...single,
  task: 'paired',
  sentences: sentences.map((one, index) => ({
    ...one,
    pair: sentences[(index + 1) % sentences.length]!.text,
  })),
};

const goldenSchema = z.object({
  texts: z.array(z.string()),
  /** Tokenizer, first text, second text or -1, length, ids. */
  cases: z.array(
    z.tuple([z.enum(['bert', 'byte-level']), z.number(), z.number(), z.number(), z.array(z.number())]),
  ),
});

test('examples are cut as the reference implementation cuts them, longest first', () => {
  const { texts, cases } = readJson(join(GOLDEN, 'truncated.json'), goldenSchema, 'golden');
  for (const [kind, first, second, length, ids] of cases) {
    const example = { text: texts[first]!, ...(second < 0 ? {} : { pair: texts[second]! }) };
    const tokenizer = kind === 'bert' ? bert : roberta;
    const found = encodeWithin(tokenizer, example, length);
    assert.deepEqual(found.ids, ids, `${kind} ${first} ${second} ${length}`);
    assert.equal(found.cut, tokenizer.encode(example.text, example.pair).ids.length > length);
  }
});

for (const [name, tokenizer] of [
  ['WordPiece', bert],
  ['byte-level BPE', roberta],
] as const) {
  test(`${name}: stretched texts fill the length to the token and begin as their text does`, () => {
    for (const seqLen of [16, 128, 512]) {
      for (const { ids, text, cut } of composeDocuments(single, tokenizer, {
        ...{ mode: 'full', seqLen, count: 12, seed: 1 },
      })) {
        assert.equal(ids.length, seqLen);
        assert.equal(cut, true);
        assert.deepEqual(ids, encodeWithin(tokenizer, { text }, seqLen).ids);
      }
    }
  });

  test(`${name}: a stretched pair shares the length between its texts, types included`, () => {
    for (const { ids, text, pair, typeOneFrom } of composeDocuments(paired, tokenizer, {
      ...{ mode: 'full', seqLen: 128, count: 12, seed: 1 },
    })) {
      assert.equal(ids.length, 128);
      const special = tokenizer.specialTokens.pair;
      const budget = 128 - special;
      const [first, second] = [tokenizer.encodeBare(text), tokenizer.encodeBare(pair ?? '')];
      const share = Math.floor(budget / 2);
      const expected = tokenizer.wrap(first.slice(0, share), second.slice(0, budget - share));
      assert.deepEqual({ ids, typeOneFrom }, expected);
      assert.equal(typeOneFrom, tokenizer === bert ? share + 2 : 128);
    }
  });
}

test('ragged lengths lie between a quarter and the whole, and the seed decides', () => {
  const options = { mode: 'ragged', seqLen: 64, count: 200, seed: 3 } as const;
  const documents = composeDocuments(paired, bert, options);
  const lengths = documents.map(({ ids }) => ids.length);
  assert.ok(Math.min(...lengths) >= 16 && Math.min(...lengths) < 24);
  assert.ok(Math.max(...lengths) <= 64 && Math.max(...lengths) > 56);
  assert.deepEqual(composeDocuments(paired, bert, { ...options, count: 20 }), documents.slice(0, 20));
});

test('natural pairs keep both texts, and say which of them were cut', () => {
  const documents = composeDocuments(paired, bert, { mode: 'natural', seqLen: 24, count: null, seed: 0 });
  assert.equal(documents.length, sentences.length);
  for (const { text, pair, ids, typeOneFrom, cut } of documents) {
    const whole = bert.encode(text, pair);
    assert.equal(cut, whole.ids.length > 24 ? true : undefined);
    if (cut === undefined) assert.deepEqual({ ids, typeOneFrom }, whole);
    assert.ok(ids.length <= 24 && typeOneFrom < ids.length);
  }
});
