// Every parser of a file that somebody else may have written, with a small file of its kind to begin from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import type { Random } from '../../src/core/random.ts';
import { blockSchema } from '../../src/core/schema/block.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { encodeModel } from '../../src/onnx/proto.ts';
import { readSummary } from '../../src/store/summaryFile.ts';
import { readOwn } from '../../src/text/tasks/tableFile.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { readZipEntry } from '../../src/text/zip.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { readLocalManifest } from '../../src/zoo/localZoo.ts';
import { readGraphFile } from '../../src/zoo/readyGraph.ts';
import {
  accuracyBlock,
  costBlock,
  profileBlock,
  profiledVariant,
  timeBlock,
  timedVariant,
} from '../fixtures/blocks.ts';
import { fixtureSummary } from '../fixtures/summary.ts';
import { zipBytes } from '../text/zipBytes.ts';
import { withOddHeader, withOddValue } from './mutations.ts';
import { f32, half, i8, safetensorsBytes } from '../weights/writeSafetensors.ts';

export interface Parser {
  readonly name: string;
  readonly cases: number;
  /** Whole files, which it reads. */
  readonly seeds: readonly Buffer[];
  /** A change that leaves the file whole and what it says odd; every other case is one. */
  readonly twist?: (bytes: Buffer, random: Random) => Buffer;
  /** @param folder to write the bytes to. */
  readonly parse: (bytes: Buffer, folder: string) => unknown;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value, null, 1));

const CONFIG = {
  architectures: ['BertForSequenceClassification'],
  model_type: 'bert',
  ...{ vocab_size: 40, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 16 },
  ...{ max_position_embeddings: 32, type_vocab_size: 2, layer_norm_eps: 1e-12, hidden_act: 'gelu' },
  ...{
    id2label: { 0: 'bad', 1: 'good', 2: 'odd' },
    num_labels: 3,
    problem_type: 'single_label_classification',
  },
};

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'good', 'film', '##s', '.', 'é', '电'];
const special = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
const WORD_PIECE = {
  version: '1.0',
  added_tokens: WORDS.slice(0, 5).map((content, id) => ({ content, id, special: true })),
  normalizer: {
    type: 'BertNormalizer',
    lowercase: true,
    strip_accents: null,
    handle_chinese_chars: true,
    clean_text: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
    pair: [
      special('[CLS]'),
      { Sequence: { id: 'A', type_id: 0 } },
      special('[SEP]'),
      { Sequence: { id: 'B', type_id: 1 } },
      { SpecialToken: { id: '[SEP]', type_id: 1 } },
    ],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
  },
};
const PIECES = ['<s>', '<pad>', '</s>', '<unk>', '<mask>', 'a', 'b', 'f', 'Ġ', 'ab', 'Ġa'];
const BYTE_LEVEL = {
  added_tokens: PIECES.slice(0, 5).map((content, id) => ({ content, id, special: true })),
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(PIECES.map((piece, id) => [piece, id])),
    merges: ['a b', 'Ġ a'],
  },
};

function onnx(location: string | null): Buffer {
  const g = new GraphBuilder('fuzz');
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const data = location === null ? new Uint8Array(8) : { location, offset: 0, length: 8 };
  const table = g.external({ name: 'table', type: 'float', dims: [2], data });
  g.output(g.op('Gather', [table, ids]), 'float', ['batch', 'length'], 'logits');
  return Buffer.from(encodeModel({ graph: g.build(), opsets: { '': 17 }, metadata: { made: 'here' } }));
}

const WEIGHTS = safetensorsBytes(
  {
    dense: f32([2, 3], [1, 2, 3, 4, 5, 6]),
    narrow: half('F16', [4], [0, 0x3c00, 0, 0x3c00]),
    steps: i8([2, 2], [1, -1, 2, -2]),
    'steps.row_scale': f32([2], [0.5, 0.25]),
  },
  { metadata: { format: 'pt' } },
);

const ROWS = [
  ['He said ""never again""', 'good'],
  ['two, with a comma', 'bad'],
  ['电影\nПРИВЕТ', 'good'],
  ['plain', 'bad'],
];
const quoted = (separator: string): Buffer =>
  Buffer.from(
    [['text', 'label'], ...ROWS].map((cells) => cells.map((cell) => `"${cell}"`).join(separator)).join('\n'),
  );
const LINES = Buffer.from(ROWS.map(([text, label]) => JSON.stringify({ text, label })).join('\n'));

const MANIFEST = {
  schemaVersion: 1,
  models: [
    {
      ...{
        name: 'mine',
        origin: 'imported',
        answers: true,
        task: 'sst2',
        dir: 'mine',
        licence: 'mit',
        base: 'BERT',
      },
      files: { 'weights.safetensors': { sha256: 'ab'.repeat(32), bytes: 12 } },
      training: { command: 'import', seed: 0 },
      metrics: {},
      points: [],
    },
  ],
};

const BLOCKS = [
  timeBlock(0, [timedVariant('dense', [[10], [10.5]]), timedVariant('ltp:x2', [[5], [5.2]])]),
  profileBlock([profiledVariant('dense', 1e6)]),
  accuracyBlock([0, 1], [{ id: 'dense', predictions: [0, 1] }]),
  costBlock('dense', 0),
];

function written(folder: string, name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function table(name: string, seeds: readonly Buffer[], cases: number): Parser {
  const columns = { text: 'text', label: 'label' };
  return {
    name,
    cases,
    seeds,
    parse: (bytes, folder) => readOwn(written(folder, `t.${name}`, bytes), columns),
  };
}

export const PARSERS: readonly Parser[] = [
  {
    name: 'safetensors',
    cases: 4000,
    seeds: [WEIGHTS],
    twist: withOddHeader,
    parse: (bytes, folder) => {
      const file = readSafetensors(written(folder, 'w.safetensors', bytes));
      return file.names().map((name) => file.tensor(name));
    },
  },
  {
    name: 'config.json',
    cases: 3000,
    seeds: [json(CONFIG)],
    twist: withOddValue,
    parse: (bytes, folder) => {
      const path = written(folder, 'config.json', bytes);
      return parseEncoderConfig(readJson(path, z.unknown(), 'the model configuration'), path);
    },
  },
  {
    name: 'tokenizer.json',
    cases: 2500,
    seeds: [json(WORD_PIECE), json(BYTE_LEVEL)],
    twist: withOddValue,
    parse: (bytes, folder) => {
      written(folder, 'tokenizer.json', bytes);
      return loadTokenizer(folder).encode('A good film, 电影.', 'ab a');
    },
  },
  {
    name: 'onnx',
    cases: 4000,
    seeds: [onnx(null), onnx('absent.bin')],
    parse: (bytes, folder) => readGraphFile(written(folder, 'g.onnx', bytes)),
  },
  table('csv', [quoted(',')], 1000),
  table('tsv', [quoted('\t')], 1000),
  table('jsonl', [LINES, json(ROWS.map(([text, label]) => ({ text, label })))], 1000),
  {
    name: 'zip',
    cases: 2000,
    seeds: [
      zipBytes({ 'dev.tsv': Buffer.from('sentence\tlabel\nfine\t1\n') }),
      zipBytes({ 'dev.tsv': Buffer.alloc(64) }),
    ],
    parse: (bytes) => readZipEntry(bytes, 'dev.tsv', 'SST-2.zip'),
  },
  {
    name: 'records',
    cases: 500,
    seeds: [json(fixtureSummary())],
    twist: withOddValue,
    parse: (bytes, folder) => readSummary(written(folder, 'summary.json', bytes)),
  },
  {
    name: 'blocks',
    cases: 500,
    seeds: BLOCKS.map(json),
    twist: withOddValue,
    parse: (bytes, folder) => {
      const path = written(folder, 'block.json', bytes);
      readJson(path, blockSchema, 'block');
    },
  },
  {
    name: 'manifest',
    cases: 500,
    seeds: [json(MANIFEST)],
    twist: withOddValue,
    parse: (bytes, folder) => {
      written(folder, 'manifest.json', bytes);
      return readLocalManifest(folder);
    },
  },
];
