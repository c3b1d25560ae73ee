import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadTask } from '../../src/text/dataset.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { cpuMsOf } from '../fixtures/cpuTime.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

const tokenizer = loadTokenizer(MODEL_FOLDER);
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

test('a file without a post-processor puts nothing around a text, and says so', () => {
  const folder = edited((file) => (file['post_processor'] = null));
  const bare = loadTokenizer(folder);
  const { ids } = tokenizer.encode('a film');
  assert.deepEqual(bare.encode('a film'), { ids: ids.slice(1, -1), typeOneFrom: 2 });
  assert.deepEqual(bare.encode('a', 'film'), { ids: ids.slice(1, -1), typeOneFrom: 1 });
  assert.deepEqual([bare.clsId, bare.sepId, bare.specialTokens.pair], [101, 102, 0]);
  assert.match(bare.assumed.join(), /nothing put around a text/);
});

test('the ids of a post-processor must be those of the vocabulary', () => {
  for (const id of [7, -1, 99_999, 1.5]) {
    const templated = edited((file) => {
      const { post_processor: own } = file as {
        post_processor: { special_tokens: Record<string, { ids: number[] }> };
      };
      own.special_tokens['[SEP]']!.ids = [id];
    });
    assert.throws(() => loadTokenizer(templated), /post_processor/);
    const simple = { type: 'BertProcessing', sep: ['[SEP]', id], cls: ['[CLS]', 101] };
    assert.throws(() => loadTokenizer(edited((file) => (file['post_processor'] = simple))), /post_processor/);
  }
  const simple = { type: 'BertProcessing', sep: ['[SEP]', 7], cls: ['[CLS]', 101] };
  assert.throws(
    () => loadTokenizer(edited((file) => (file['post_processor'] = simple))),
    /gives \[SEP\] the id 7; in the vocabulary it has the id 102/,
  );
});

test('a sequence of one step is that step', () => {
  const folder = edited((file) => {
    file['normalizer'] = { type: 'Sequence', normalizers: [file['normalizer']] };
    file['pre_tokenizer'] = { type: 'Sequence', pretokenizers: [file['pre_tokenizer']] };
    file['post_processor'] = { type: 'Sequence', processors: [file['post_processor']] };
  });
  assert.deepEqual(loadTokenizer(folder).encode('A film'), tokenizer.encode('A film'));
  const two = edited((file) => {
    file['normalizer'] = { type: 'Sequence', normalizers: [file['normalizer'], { type: 'NFC' }] };
  });
  assert.throws(() => loadTokenizer(two), /normalizer/);
});

test('a vocabulary of half a million tokens loads, in a few seconds of CPU time', () => {
  const folder = edited((file) => {
    const { model } = file as { model: { vocab: Record<string, number> } };
    for (let id = Object.keys(model.vocab).length; id < 500_000; id++) model.vocab[`token${id}`] = id;
  });
  const tookMs = cpuMsOf(() => {
    const large = loadTokenizer(folder);
    assert.equal(large.vocabularySize, 500_000);
    assert.deepEqual(large.tokensOf(large.encodeBare('token499999 film')), ['token499999', 'film']);
  });
  assert.ok(tookMs < 30_000, `${tookMs} ms`);
});

test('a tokenizer that is absent, of another kind or without special tokens is refused', () => {
  const refuses = (edit: (file: Record<string, unknown>) => void, pattern: RegExp): void => {
    const folder = edited(edit);
    assert.throws(() => loadTokenizer(folder), pattern);
  };
  assert.throws(() => loadTokenizer('/nowhere'), /no tokenizer in \/nowhere/);
  refuses((file) => (file['pre_tokenizer'] = { type: 'ByteLevel' }), /tokenizer\.json: pre_tokenizer\.type/);
  refuses((file) => (file['model'] = { type: 'Unigram', vocab: [] }), /tokenizer\.json: model\.type/);
  refuses((file) => {
    const { model } = file as { model: { vocab: Record<string, number> } };
    delete model.vocab['[PAD]'];
    file['added_tokens'] = [];
  }, /\[PAD\] is not in the vocabulary/);
  const template = { type: 'TemplateProcessing', special_tokens: {}, pair: [] };
  const sequence = { Sequence: { id: 'A', type_id: 0 } };
  refuses(
    (file) => (file['post_processor'] = { ...template, single: [sequence] }),
    /between two special tokens/,
  );
  refuses((file) => (file['post_processor'] = { type: 'Odd' }), /post_processor/);
});

test('special tokens are found by their role, whatever their name', () => {
  const folder = edited((file) => {
    const { model } = file as { model: { vocab: Record<string, number> } };
    model.vocab['<start>'] = model.vocab['[CLS]']!;
    model.vocab['<blank>'] = model.vocab['[MASK]']!;
    file['post_processor'] = null;
  });
  const roles = { bos_token: '<start>', pad_token: { content: '<blank>', lstrip: false } };
  writeFileSync(join(folder, 'special_tokens_map.json'), JSON.stringify(roles));
  const named = loadTokenizer(folder);
  assert.deepEqual([named.clsId, named.sepId, named.padId], [101, 102, 103]);
  writeFileSync(join(folder, 'special_tokens_map.json'), JSON.stringify({ cls_token: '<absent>' }));
  assert.throws(() => loadTokenizer(folder), /<absent> is not in the vocabulary/);
});

test('a merge or a vocabulary that cannot be read is named with its line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify({ a: 0, b: 1, ab: 2 }));
  writeFileSync(join(folder, 'merges.txt'), '#version: 0.2\na b\nab\n');
  assert.throws(() => loadTokenizer(folder), /merges\.txt line 3: not two tokens/);
  writeFileSync(join(folder, 'merges.txt'), 'a b\n');
  assert.throws(() => loadTokenizer(folder), /<pad> is not in the vocabulary|<s> is not in the vocabulary/);
  const words = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  writeFileSync(join(words, 'vocab.txt'), Buffer.of(0x61, 0xff, 0x0a));
  assert.throws(() => loadTokenizer(words), /cannot read tokenizer .*vocab\.txt/);
});

test('no text is cut here, however long', () => {
  assert.equal(tokenizer.encode('long '.repeat(600)).ids.length, 602);
});

test('a thousand sentences take under a second of CPU time', () => {
  const { sentences, neutral } = loadTask('reviews', null);
  const texts = [...sentences.map(({ text }) => text), ...neutral];
  const tookMs = cpuMsOf(() => {
    for (let index = 0; index < 1000; index++) tokenizer.encode(texts[index % texts.length]!);
  });
  assert.ok(tookMs < 1000, `${tookMs} ms`);
});
