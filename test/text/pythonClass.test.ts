// What the classes of transformers take where a folder says nothing. The expected tokens are those of AutoTokenizer of
// transformers 4.46.3 and 5.23.0 on the same folders.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { MODEL_FOLDER } from './modelFolder.ts';

type Json = Record<string, unknown>;
const BYTE_LEVEL = join(repoRoot(), 'test/golden/tokenizer/byte-level');

interface Change {
  /** tokenizer_config.json; null: none. */
  readonly settings?: Json | null;
  /** config.json; null: none. */
  readonly model?: Json | null;
  readonly edit?: (file: Json) => void;
}

function folderOf(from: string, { settings = null, model = null, edit }: Change): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-class-'));
  cpSync(join(from, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  const path = join(folder, 'tokenizer.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as Json;
  edit?.(file);
  writeFileSync(path, JSON.stringify(file));
  if (settings !== null) writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  if (model !== null) writeFileSync(join(folder, 'config.json'), JSON.stringify(model));
  return folder;
}

/** A cased, accent-keeping BERT tokenizer.json; FILM is not a word of the vocabulary, film is. */
const cased = (file: Json): void => {
  file['normalizer'] = { ...(file['normalizer'] as Json), lowercase: false, strip_accents: null };
};
const tokens = (folder: string, text: string): string => {
  const tokenizer = loadTokenizer(folder);
  return tokenizer.tokensOf(tokenizer.encodeBare(text)).join(' ');
};

const FOUR = { model_type: 'bert', transformers_version: '4.46.3' };
const FIVE = { model_type: 'bert', transformers_version: '5.23.0' };

test('BertTokenizer lower-cases where no file says do_lower_case, whatever tokenizer.json has', () => {
  const cases: [string, Change, 'film' | '[UNK]'][] = [
    ['the class is named', { settings: { tokenizer_class: 'BertTokenizer' } }, 'film'],
    ['its fast form', { settings: { tokenizer_class: 'BertTokenizerFast' } }, 'film'],
    ['DistilBERT', { settings: { tokenizer_class: 'DistilBertTokenizer' } }, 'film'],
    ['by the model_type', { settings: {}, model: FOUR }, 'film'],
    ['without settings', { model: { model_type: 'electra' } }, 'film'],
    [
      'the settings say otherwise',
      { settings: { tokenizer_class: 'BertTokenizer', do_lower_case: false } },
      '[UNK]',
    ],
    [
      'a class without defaults',
      { settings: { tokenizer_class: 'PreTrainedTokenizerFast' }, model: FOUR },
      '[UNK]',
    ],
    ['that of transformers 5', { settings: { tokenizer_class: 'TokenizersBackend' }, model: FIVE }, '[UNK]'],
    ['no class is named at all', {}, '[UNK]'],
  ];
  for (const [what, change, expected] of cases) {
    const text = tokens(folderOf(MODEL_FOLDER, { ...change, edit: cased }), 'FILM');
    assert.equal(text === 'film', expected === 'film', `${what}: ${text}`);
  }
  const { assumed } = loadTokenizer(folderOf(MODEL_FOLDER, { model: FOUR, edit: cased }));
  assert.match(assumed.join(), /lower-cased: no file says do_lower_case, and BertTokenizer takes true/);
});

test('strip_accents and Chinese characters have the defaults of the class, too', () => {
  const odd = (file: Json): void => {
    file['normalizer'] = {
      ...(file['normalizer'] as Json),
      strip_accents: false,
      handle_chinese_chars: false,
    };
  };
  const own = folderOf(MODEL_FOLDER, { edit: odd });
  const classed = folderOf(MODEL_FOLDER, { settings: { tokenizer_class: 'BertTokenizer' }, edit: odd });
  assert.equal(tokens(classed, 'café'), 'cafe');
  assert.notEqual(tokens(own, 'café'), 'cafe');
  assert.match(loadTokenizer(classed).assumed.join(), /strip_accents.*tokenize_chinese_chars/);
});

test('a class without settings of its own reads tokenizer.json alone, and says what it passes over', () => {
  const settings = { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true };
  const folder = folderOf(MODEL_FOLDER, { settings, edit: cased });
  assert.notEqual(tokens(folder, 'FILM'), 'film');
  assert.match(
    loadTokenizer(folder).assumed.join(),
    /PreTrainedTokenizer reads tokenizer\.json alone, not do_lower_case true/,
  );
});

test('where transformers 4 and 5 differ, the one that wrote config.json is followed, and the other is named', () => {
  const sequence = (file: Json): void => {
    cased(file);
    file['normalizer'] = { type: 'Sequence', normalizers: [file['normalizer']] };
  };
  const [four, five] = [FOUR, FIVE].map((model) => folderOf(MODEL_FOLDER, { model, edit: sequence }));
  assert.notEqual(tokens(four!, 'FILM'), 'film');
  assert.match(loadTokenizer(four!).assumed.join(), /transformers 5 would take do_lower_case true/);
  assert.equal(tokens(five!, 'FILM'), 'film');
  const bare = (file: Json): void => void (file['post_processor'] = null);
  const [old, young] = [FOUR, FIVE].map((model) =>
    loadTokenizer(folderOf(MODEL_FOLDER, { model, edit: bare })),
  );
  assert.equal(old!.encode('film').ids.length, 1);
  assert.match(old!.assumed.join(), /nothing put around a text/);
  assert.equal(young!.encode('film').ids.length, 3);
  assert.match(young!.assumed.join(), /special tokens put around a text.*\(4 puts nothing\)/);
});

test('RobertaTokenizer puts no space before a text where no file says add_prefix_space', () => {
  const prefixed = (file: Json): void => {
    file['pre_tokenizer'] = { ...(file['pre_tokenizer'] as Json), add_prefix_space: true };
  };
  const roberta = { settings: { tokenizer_class: 'RobertaTokenizer' }, edit: prefixed };
  const plain = loadTokenizer(folderOf(BYTE_LEVEL, roberta));
  const generic = loadTokenizer(
    folderOf(BYTE_LEVEL, { ...roberta, settings: { tokenizer_class: 'PreTrainedTokenizerFast' } }),
  );
  const said = loadTokenizer(
    folderOf(BYTE_LEVEL, {
      ...roberta,
      settings: { tokenizer_class: 'RobertaTokenizer', add_prefix_space: true },
    }),
  );
  assert.deepEqual(generic.encodeBare('a film'), said.encodeBare('a film'));
  assert.deepEqual(said.encodeBare('a film'), plain.encodeBare(' a film'));
  assert.notDeepEqual(plain.encodeBare('a film'), plain.encodeBare(' a film'));
  assert.match(plain.assumed.join(), /no space put before a text: no file says add_prefix_space/);
});
