import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintFor, nearest, unknownValue } from '../../src/core/suggestion.ts';

const METHODS = ['dense-padded', 'dense', 'ltp', 'threshold', 'topk', 'transkimmer'];

test('the nearest word is found through every kind of typing error', () => {
  const cases: [string, string | undefined][] = [
    ['lpt', 'ltp'], // swapped
    ['top-k', 'topk'], // one too many
    ['treshold', 'threshold'], // one missing
    ['transkinner', 'transkimmer'], // replaced
    ['TOPK', 'topk'],
    ['trans', 'transkimmer'], // the beginning of a word
    ['random', undefined],
    ['x', undefined],
    ['', undefined],
    ['a'.repeat(100_000), undefined],
  ];
  for (const [word, meant] of cases) assert.equal(nearest(word, METHODS), meant, word.slice(0, 20));
});

test('few words are listed, many are pointed to', () => {
  assert.equal(hintFor('lpt', METHODS), `did you mean ltp? legal: ${METHODS.join(', ')}`);
  assert.equal(hintFor('random', METHODS), `legal: ${METHODS.join(', ')}`);
  const many = Array.from({ length: 45 }, (_, index) => `model-${index + 10}`);
  assert.equal(
    hintFor('modl-12', many, 'models list shows them'),
    'did you mean model-12? models list shows them',
  );
  assert.equal(hintFor('bert', many, 'models list shows them'), 'models list shows them');
  assert.equal(hintFor('modl-12', many), 'did you mean model-12?');
  assert.equal(
    unknownValue('providers', 'tpu', ['cpu', 'cuda']).line,
    '--providers: unknown value "tpu" (did you mean cpu? legal: cpu, cuda)',
  );
});
