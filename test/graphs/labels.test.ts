// The names of a model's outputs, as config.json has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import { refuses } from '../fixtures/refuses.ts';

const parsed = (about: object) =>
  parseEncoderConfig(
    {
      ...{ model_type: 'bert', vocab_size: 10, hidden_size: 8, num_hidden_layers: 1 },
      ...{ num_attention_heads: 2, intermediate_size: 8, max_position_embeddings: 16, ...about },
    },
    'config.json',
  );

test('ids from 0 are outputs, and there is nothing to assume', () => {
  const { labels, labelNote } = parsed({ id2label: { '1': 'b', '0': 'a', '10': 'k', ...rest(2, 10) } });
  assert.deepEqual([labels[0], labels[1], labels[10]], ['a', 'b', 'k']);
  assert.equal(labelNote, undefined);
  assert.deepEqual(parsed({}).labels, ['label 0', 'label 1']);
});

function rest(from: number, to: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: to - from }, (_, index) => [String(from + index), `x${index}`]),
  );
}

test('ids from 1, or with gaps, are outputs in their order, as transformers numbers them, and it is said', () => {
  const one = parsed({ id2label: { '1': 'neg', '2': 'pos' } });
  assert.deepEqual(one.labels, ['neg', 'pos']);
  assert.match(one.labelNote ?? '', /id2label has the ids 1, 2, so output 0 was taken for id 1/);
  assert.deepEqual(parsed({ id2label: { '4': 'pos', '0': 'neg' } }).labels, ['neg', 'pos']);
});

test('ids that are no numbers are refused', () => {
  refuses(
    () => parsed({ id2label: { neg: 0, pos: 1 } }),
    /id2label has the id "neg", which is not a whole number/,
  );
});
