// What holds of documents must hold with byte-level BPE, too, where a sentence's ids hang on the space before it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';
import { composeDocuments } from '../../src/text/compose.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { realData, skipWithout } from '../fixtures/realData.ts';

const GOLDEN = join(repoRoot(), 'test/golden/tokenizer');
const reviews = loadTask('reviews', null);

for (const [name, folder] of [
  ['a small tokenizer', join(GOLDEN, 'byte-level')],
  ['one with a space before every text', join(GOLDEN, 'prefixed')],
  ["RoBERTa's", realData('tokenizer-roberta-base')],
] as const) {
  const skip = skipWithout(folder);
  test(`documents by ${name}: ids are the text's, within the length and above 95 % of it`, { skip }, () => {
    const tokenizer = loadTokenizer(folder);
    for (const seqLen of [32, 64, 128, 256, 512]) {
      const options = { mode: 'full', seqLen, count: 150, seed: 1 } as const;
      const documents = composeDocuments(reviews, tokenizer, options);
      const lengths = documents.map(({ ids }) => ids.length);
      assert.ok(Math.max(...lengths) <= seqLen);
      assert.ok(Math.min(...lengths) >= 0.95 * seqLen, `least fill ${Math.min(...lengths) / seqLen}`);
      for (const { text, ids, typeOneFrom } of documents) {
        assert.deepEqual({ ids, typeOneFrom }, tokenizer.encode(text));
        assert.equal(typeOneFrom, ids.length);
      }
      assert.deepEqual(
        composeDocuments(reviews, tokenizer, { ...options, count: 10 }),
        documents.slice(0, 10),
      );
    }
  });
}
