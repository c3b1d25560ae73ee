// Token ids against those of the reference implementation (the Rust crate), for every kind of folder that is read.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import { repoRoot } from '../../src/core/root.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { realData, skipWithout } from '../fixtures/realData.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

const GOLDEN = join(repoRoot(), 'test/golden/tokenizer');
const paritySchema = z.object({
  singles: z.array(z.array(z.number())),
  /** First text, second text, index of the first token of type 1, ids. */
  pairs: z.array(z.tuple([z.number(), z.number(), z.number(), z.array(z.number())])),
});
const texts = readJson(join(GOLDEN, 'texts.json'), z.array(z.string()), 'golden');
const textAt = (index: number): string => texts[index]!;

/** The tokenizer's folder, and the golden that it must equal. */
const CASES: readonly (readonly [string, string, string])[] = [
  ['the shipped tokenizer.json', MODEL_FOLDER, 'bert'],
  ['a vocab.txt with its settings', join(GOLDEN, 'cased'), 'cased'],
  ['a byte-level tokenizer.json', join(GOLDEN, 'byte-level'), 'byte-level'],
  ['vocab.json and merges.txt', join(GOLDEN, 'prefixed'), 'prefixed'],
  ["BERT's own files", realData('tokenizer-bert-base-uncased'), 'bert'],
  ["RoBERTa's own files", realData('tokenizer-roberta-base'), 'roberta'],
];

for (const [what, folder, golden] of CASES) {
  const skip = skipWithout(folder);
  test(`${what}: ids of texts and pairs are the reference's`, { skip }, () => {
    const tokenizer = loadTokenizer(folder);
    const { singles, pairs } = readJson(join(GOLDEN, `${golden}.json`), paritySchema, 'golden');
    assert.equal(singles.length, texts.length);
    for (const [index, ids] of singles.entries()) {
      const encoding = tokenizer.encode(textAt(index));
      assert.deepEqual(encoding, { ids, typeOneFrom: ids.length }, JSON.stringify(textAt(index)));
      assert.deepEqual(tokenizer.encodeBare(textAt(index)), ids.slice(1, -1));
      assert.deepEqual([ids[0], ids.at(-1)], [tokenizer.clsId, tokenizer.sepId]);
    }
    for (const [first, second, typeOneFrom, ids] of pairs) {
      assert.deepEqual(tokenizer.encode(textAt(first), textAt(second)), { ids, typeOneFrom });
    }
  });

  test(`${what}: a text, a space and a text are the first and the continued second`, { skip }, () => {
    const tokenizer = loadTokenizer(folder);
    const odd = texts
      .filter((text) => text.length < 60 && !text.includes('<mask>'))
      .filter((_, i) => i % 4 === 0);
    for (const left of odd) {
      const before = tokenizer.encodeBare(left);
      for (const right of odd) {
        const parts = [...before, ...tokenizer.encodeContinued(right)];
        assert.deepEqual(tokenizer.encodeBare(`${left} ${right}`), parts, JSON.stringify([left, right]));
      }
    }
  });
}

test('vocab.txt and tokenizer.json of one vocabulary give the same ids', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  const file = z
    .object({ model: z.object({ vocab: z.record(z.string(), z.number()) }) })
    .parse(JSON.parse(readFileSync(join(MODEL_FOLDER, 'tokenizer.json'), 'utf8')));
  const words = Object.entries(file.model.vocab).sort(([, a], [, b]) => a - b);
  writeFileSync(join(folder, 'vocab.txt'), words.map(([word]) => `${word}\r\n`).join(''));
  const [whole, lines] = [loadTokenizer(MODEL_FOLDER), loadTokenizer(folder)];
  for (const text of texts) assert.deepEqual(lines.encode(text, text), whole.encode(text, text));
  assert.equal(lines.vocabularySize, whole.vocabularySize);
});

test('settings of tokenizer_config.json go before those of tokenizer.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  cpSync(join(MODEL_FOLDER, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  writeFileSync(join(folder, 'tokenizer_config.json'), '{"do_lower_case": false}');
  const cased = loadTokenizer(folder);
  assert.deepEqual(cased.encodeBare('film'), loadTokenizer(MODEL_FOLDER).encodeBare('Film'));
  assert.notDeepEqual(cased.encodeBare('film'), cased.encodeBare('Film'));
});

test('without token types every token of a pair is of type 0', () => {
  const { ids, typeOneFrom } = loadTokenizer(MODEL_FOLDER, 0).encode('one', 'two');
  assert.equal(typeOneFrom, ids.length);
  assert.equal(loadTokenizer(MODEL_FOLDER).encode('one', 'two').typeOneFrom, 3);
});
