import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CPU_KERNELS } from '../../../src/graphs/graphFiles.ts';
import { lengthsOf, textBatches, TEXTS } from '../../../src/verify/avx2/texts.ts';
import { loadTask } from '../../../src/text/dataset.ts';

describe('texts of the check', () => {
  it('are as many as are asked for, and more begin with the same', () => {
    for (const texts of [1, 2, 5, TEXTS, TEXTS + 7]) assert.equal(lengthsOf(texts).flat().length, texts);
    assert.deepEqual(lengthsOf(TEXTS + 7).slice(0, lengthsOf(TEXTS).length), lengthsOf(TEXTS));
  });

  it('reach every way in which attention is computed', () => {
    const batches = lengthsOf(TEXTS);
    const { loopAbove, headsAbove } = CPU_KERNELS;
    const alone = batches.filter(({ length }) => length === 1).flat();
    const ragged = batches.filter((batch) => new Set(batch).size > 1);
    assert.ok(alone.some((length) => length > headsAbove) && alone.some((length) => length <= headsAbove));
    assert.ok(ragged.some((batch) => Math.max(...batch) > loopAbove));
    assert.ok(ragged.some((batch) => Math.max(...batch) <= loopAbove));
    assert.ok(batches.some((batch) => batch.length > 1 && new Set(batch).size === 1));
  });

  it('are real sentences, cut at the length and at what the model takes', () => {
    const words = new Map<string, number>();
    const encode = (text: string): number[] =>
      text.split(' ').map((word) => words.get(word) ?? (words.set(word, words.size + 2), words.size + 1));
    const tokenizer = {
      specialTokens: { single: 2, pair: 3 },
      encodeBare: encode,
      encodeContinued: encode,
      wrap: (ids: readonly number[]) => ({ ids: [0, ...ids, 1], typeOneFrom: ids.length + 2 }),
    };
    const batches = textBatches(loadTask('reviews', null), tokenizer, TEXTS, 100);
    const lengths = batches.map((batch) => batch.map((ids) => ids.length));
    assert.deepEqual(
      lengths,
      lengthsOf(TEXTS).map((batch) => batch.map((length) => Math.min(length, 100))),
    );
    for (const ids of batches.flat()) assert.deepEqual([ids[0], ids.at(-1)], [0, 1]);
    assert.equal(new Set(batches.flat().map((ids) => ids.join())).size, TEXTS);
  });
});
