import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timedBatches, toBatch } from '../../src/text/batch.ts';
import type { Document } from '../../src/text/document.ts';

const document = (...ids: number[]): Document => ({
  text: '',
  label: 0,
  ids,
  typeOneFrom: ids.length,
  sentences: 1,
});

test('a batch is padded to its longest document', () => {
  const batch = toBatch([document(5, 6, 7), document(8)], 9);
  assert.deepEqual([...batch.inputIds], [5n, 6n, 7n, 8n, 9n, 9n]);
  assert.deepEqual([...batch.attentionMask], [1n, 1n, 1n, 1n, 0n, 0n]);
  assert.deepEqual([...batch.tokenTypeIds], [0n, 0n, 0n, 0n, 0n, 0n]);
  assert.deepEqual([batch.batch, batch.length, batch.lengths], [2, 3, [3, 1]]);
});

test('timed batches are whole, in order, and leave a smaller rest out', () => {
  const documents = [1, 2, 3, 4, 5].map((id) => document(id));
  const ids = (batches: { inputIds: BigInt64Array }[]) =>
    batches.map(({ inputIds }) => [...inputIds].map(Number));
  assert.deepEqual(ids(timedBatches(documents, 2, 0)), [
    [1, 2],
    [3, 4],
  ]);
  assert.throws(() => timedBatches(documents, 6, 0), /5 documents do not fill a batch of 6/);
});

test('empty batches, empty documents and impossible sizes are defects', () => {
  assert.throws(() => toBatch([], 0), RangeError);
  assert.throws(() => toBatch([document(1), document()], 0), RangeError);
  assert.throws(() => timedBatches([document(1)], 0, 0), RangeError);
});
