import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import { repoRoot } from '../../src/core/root.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { assertFits, loadTokenizer } from '../../src/text/tokenizer.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

const tokenizer = loadTokenizer(MODEL_FOLDER);
const casesSchema = z.array(z.object({ text: z.string(), ids: z.array(z.number()) }));
const cases = readJson(join(repoRoot(), 'test/golden/tokenizer/parity.json'), casesSchema, 'golden');

/** A folder with the shipped tokenizer.json, changed. */
const edited = (edit: (file: Record<string, unknown>) => void): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  const file = JSON.parse(readFileSync(join(MODEL_FOLDER, 'tokenizer.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  edit(file);
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(file));
  return folder;
};

test('ids equal those of the reference implementation on odd texts', () => {
  for (const { text, ids } of cases) assert.deepEqual(tokenizer.encode(text).ids, ids, JSON.stringify(text));
});

test('bare ids are the ids without the first and the last', () => {
  assert.deepEqual([tokenizer.clsId, tokenizer.sepId, tokenizer.padId], [101, 102, 0]);
  for (const { text, ids } of cases) assert.deepEqual(tokenizer.encodeBare(text), ids.slice(1, -1));
});

test('joining by a space joins the ids, for every pair of odd texts', () => {
  const odd = cases.filter(({ text }) => text.length < 200);
  for (const left of odd) {
    for (const right of odd) {
      const joined = tokenizer.encodeBare(`${left.text} ${right.text}`);
      assert.deepEqual(joined, [...left.ids.slice(1, -1), ...right.ids.slice(1, -1)], left.text + right.text);
    }
  }
});

test('truncation and padding in the file are not obeyed', () => {
  const folder = edited((file) => {
    file['truncation'] = { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' };
    const padding = {
      strategy: { Fixed: 8 },
      direction: 'Right',
      pad_id: 0,
      pad_type_id: 0,
      pad_token: '[PAD]',
    };
    file['padding'] = { ...padding, pad_to_multiple_of: null };
  });
  const bounded = loadTokenizer(folder);
  for (const text of ['one', 'one two three four five six seven eight nine ten']) {
    assert.deepEqual(bounded.encode(text), tokenizer.encode(text));
  }
});

test('special tokens do not hang on the post-processor of the file', () => {
  const folder = edited((file) => (file['post_processor'] = null));
  assert.deepEqual(loadTokenizer(folder).encode('a film'), tokenizer.encode('a film'));
});

test('a tokenizer that is absent, of another kind or without special tokens is refused', () => {
  assert.throws(() => loadTokenizer('/nowhere'), /cannot read tokenizer \/nowhere\/tokenizer\.json/);
  const bytePairs = edited((file) => (file['pre_tokenizer'] = { type: 'ByteLevel' }));
  assert.throws(() => loadTokenizer(bytePairs), /tokenizer\.json: pre_tokenizer\.type/);
  const noPad = edited((file) => {
    const { model } = file as { model: { vocab: Record<string, number> } };
    delete model.vocab['[PAD]'];
  });
  assert.throws(() => loadTokenizer(noPad), /\[PAD\] is not in the vocabulary/);
});

test('a text longer than the positions is refused with its length and the limit', () => {
  const tokens = tokenizer.encode('long '.repeat(600)).ids.length;
  assert.equal(tokens, 602);
  assert.throws(
    () => assertFits(tokens, 512, 'review 7'),
    /review 7: 602 tokens, but the model has 512 positions/,
  );
  assertFits(512, 512, 'review 8');
});

test('a thousand sentences are tokenised in under a second', () => {
  const { sentences, neutral } = loadTask('reviews', null);
  const texts = [...sentences.map(({ text }) => text), ...neutral];
  const begin = performance.now();
  for (let index = 0; index < 1000; index++) tokenizer.encode(texts[index % texts.length]!);
  const tookMs = performance.now() - begin;
  assert.ok(tookMs < 1000, `${tookMs} ms`);
});
