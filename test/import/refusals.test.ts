// What an import refuses: one line that names the thing and the remedy, exit code 2, and nothing left behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { f32, half, i8 } from '../weights/writeSafetensors.ts';
import { copyOf, withConfig, withTensors } from './checkpointFolder.ts';
import { freshFolder, GOLDEN, imported } from './golden.ts';
import { refusals } from './refusals.ts';

const local = freshFolder();

const refused = refusals(local);

describe('folders', () => {
  test('that are none, or hold no checkpoint', async () => {
    await refused('/nowhere/at/all', /cannot open \/nowhere\/at\/all/);
    await refused(join(GOLDEN, 'bert.json'), /is not a folder/);
    await refused(GOLDEN, /no config\.json in/);
    const empty = copyOf('bert');
    rmSync(join(empty, 'model.safetensors'));
    await refused(empty, /neither model\.safetensors nor model\.safetensors\.index\.json/);
  });

  test('with weights of another format only name the conversion', async () => {
    const folder = copyOf('bert');
    renameSync(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'));
    await refused(folder, /pytorch_model\.bin only.*`python train\/convert\.py \/.*mine`/);
    renameSync(join(folder, 'pytorch_model.bin'), join(folder, 'tf_model.h5'));
    await refused(folder, /tf_model\.h5 only.*save_pretrained/);
  });

  test('without a tokenizer, or with one of more ids than embeddings', async () => {
    const folder = copyOf('bert');
    rmSync(join(folder, 'tokenizer.json'));
    await refused(folder, /no tokenizer in .*vocab\.txt/);
    copyFileSync(join(GOLDEN, 'minilm', 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const path = join(folder, 'tokenizer.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as { model: { vocab: Record<string, number> } };
    file.model.vocab['extra'] = 5000;
    writeFileSync(path, JSON.stringify(file));
    await refused(folder, /mine: the tokenizer has ids up to 5000, the embeddings only \d+ rows/);
    writeFileSync(path, '{');
    await refused(folder, /mine\/tokenizer\.json is not valid JSON/);
  });

  test('whose files are links out of them, unless into the blobs of the hub cache', async () => {
    const folder = copyOf('bert');
    const elsewhere = join(dirname(folder), 'elsewhere');
    for (const name of ['model.safetensors', 'config.json', 'tokenizer.json']) {
      renameSync(join(folder, name), elsewhere);
      symlinkSync(elsewhere, join(folder, name));
      await refused(folder, /is a link to .*elsewhere, outside the folder/);
      rmSync(join(folder, name));
      renameSync(elsewhere, join(folder, name));
    }
    const hub = join(dirname(folder), 'models--org--tiny');
    const snapshot = join(hub, 'snapshots', 'abc');
    mkdirSync(join(hub, 'blobs'), { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    for (const name of readdirSync(folder)) {
      const blob = createHash('sha256').update(name).digest('hex');
      copyFileSync(join(folder, name), join(hub, 'blobs', blob));
      symlinkSync(join('..', '..', 'blobs', blob), join(snapshot, name));
    }
    const { name } = await imported(snapshot, local);
    assert.equal(name, 'tiny');
    rmSync(join(local, 'tiny'), { recursive: true });
    rmSync(join(local, 'manifest.json'));
  });

  test('whose name cannot be a name, or is taken', async () => {
    await refused(join(GOLDEN, 'bert'), /"\.\.\/out" is no name for a model/, { name: '../out' });
    await refused(join(GOLDEN, 'bert'), /"all" is no name for a model/, { name: 'all' });
    await refused(join(GOLDEN, 'bert'), /a model "minilm-l6" \(shipped\) is there/, {
      name: 'minilm-l6',
      force: true,
    });
  });
});

describe('configurations', () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    [
      'relative positions',
      { position_embedding_type: 'relative_key_query' },
      /position_embedding_type "relative_key_query"/,
    ],
    ['DeBERTa', { model_type: 'deberta-v2' }, /model_type "deberta-v2" is not supported \(supported: .*BERT/],
    ['ALBERT', { model_type: 'albert' }, /model_type "albert"/],
    ['XLNet', { model_type: 'xlnet' }, /model_type "xlnet"/],
    ['T5', { model_type: 't5' }, /model_type "t5"/],
    ['a decoder', { is_decoder: true }, /is_decoder "true"/],
    ['cross-attention', { add_cross_attention: true }, /add_cross_attention "true"/],
    ['pruned heads', { pruned_heads: { '1': [0] } }, /pruned_heads/],
    ['quantised weights', { quantization_config: { bits: 4 } }, /quantization_config/],
    [
      'several labels at once',
      { problem_type: 'multi_label_classification' },
      /problem_type "multi_label_classification".*--head none/,
    ],
    ['an unknown activation', { hidden_act: 'silu' }, /hidden_act "silu" is not supported \(supported: gelu/],
    [
      'question answering',
      { architectures: ['BertForQuestionAnswering'] },
      /BertForQuestionAnswering has no sequence classification head.*--head none/,
    ],
    ['token classification', { architectures: ['BertForTokenClassification'] }, /BertForTokenClassification/],
    ['a masked language model', { architectures: ['BertForMaskedLM'] }, /BertForMaskedLM/],
    [
      'heads that do not divide the width',
      { num_attention_heads: 5 },
      /hidden_size 32 is not a multiple of num_attention_heads 5/,
    ],
    ['no width', { hidden_size: undefined }, /"hidden_size"/],
    ['a width that is no number', { hidden_size: '32' }, /"hidden_size"/],
    [
      'more labels than names',
      { num_labels: 3, id2label: { '0': 'a', '1': 'b' } },
      /num_labels is 3, but id2label names 2/,
    ],
    ['more layers than tensors', { num_hidden_layers: 1e9 }, /"num_hidden_layers"|1000000000 layers/],
    [
      'more layers than this checkpoint',
      { num_hidden_layers: 9999 },
      /9999 layers, but the checkpoint has only \d+ tensors/,
    ],
    ['labels without end', { num_labels: 1e9 }, /"num_labels"/],
    ['more labels than rows', { num_labels: 900_000 }, /900000 labels, but no tensor has so many rows/],
    ['a regression of two', { problem_type: 'regression', num_labels: 2 }, /a regression with 2 outputs/],
  ];
  for (const [what, change, pattern] of cases) {
    test(`with ${what} are refused by name`, () => refused(withConfig('bert', change), pattern));
  }

  test('that are no JSON object, or enormous', async () => {
    const folder = copyOf('bert');
    for (const [text, pattern] of [
      ['[]', /is not a JSON object/],
      ['{"model_type":', /is not valid JSON/],
      [
        `{"pruned_heads":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        /not valid JSON: it nests deeper than \d+ levels/,
      ],
      [' '.repeat(5_000_000), /config\.json has 5000000 bytes; at most/],
    ] as const) {
      writeFileSync(join(folder, 'config.json'), text);
      await refused(folder, pattern);
    }
  });
});

describe('weights', () => {
  const WORDS = 'bert.embeddings.word_embeddings.weight';
  const QUERY = 'bert.encoder.layer.1.attention.self.query.weight';
  const nan = (bytes: Uint8Array): void => {
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(40, NaN, true);
  };

  test('of a missing, an unexpected or a misshapen tensor', async () => {
    await refused(
      withTensors('bert', (t) => Reflect.deleteProperty(t, QUERY)),
      /tensor bert\.encoder\.layer\.1\.attention\.self\.query\.weight .*is missing/,
    );
    await refused(
      withTensors('bert', (t) => Reflect.deleteProperty(t, 'classifier.bias')),
      /classifier\.bias .*missing.*--head none/,
    );
    await refused(
      withTensors(
        'bert',
        (t) => (t['bert.encoder.layer.7.output.dense.bias'] = f32([32], new Array(32).fill(0))),
      ),
      /unexpected tensor bert\.encoder\.layer\.7/,
    );
    await refused(
      withTensors('bert', (t) => (t['adapter.down'] = f32([1], [0]))),
      /unexpected tensor adapter\.down.*merge_and_unload/,
    );
    await refused(
      withTensors('bert', (t) => (t[QUERY] = f32([32, 16], new Array(512).fill(0)))),
      /query\.weight is \[32, 16\], config\.json asks for \[32, 32\]/,
    );
    await refused(
      withConfig('bert', { vocab_size: 4000 }),
      /word_embeddings\.weight is \[\d+, 32\], config\.json asks for \[4000, 32\]/,
    );
    await refused(
      withConfig('roberta', { type_vocab_size: 2 }),
      /token_type_embeddings\.weight is \[1, 32\]/,
    );
    await refused(
      withConfig('electra', { embedding_size: 32 }),
      /unexpected tensor electra\.embeddings_project/,
    );
    await refused(withConfig('distilbert', { n_layers: 4 }), /layer\.3\..* is missing/);
  });

  test('of two names for one tensor', () =>
    refused(
      withTensors('bert', (t) => (t['pooler.dense.bias'] = t['bert.pooler.dense.bias']!)),
      /both are bert\.pooler\.dense\.bias/,
    ));

  test('of another dtype, or that are not finite', async () => {
    await refused(
      withTensors('bert', (t) => (t['classifier.bias'] = i8([2], [1, 2]))),
      /classifier\.bias is stored as I8 \(store it as one of F32/,
    );
    await refused(
      withTensors(
        'bert',
        () => undefined,
        (h) => (h[WORDS]!.dtype = 'F8_E5M2'),
      ),
      /unknown dtype F8_E5M2/,
    );
    await refused(
      withTensors('bert', (t) => nan(t[QUERY]!.bytes)),
      /query\.weight holds NaN or an infinity at element 10/,
    );
    await refused(
      withTensors('bert', (t) => (t['classifier.bias'] = half('F16', [2], [0, 0x7c00]))),
      /classifier\.bias holds NaN/,
    );
    await refused(
      withTensors('bert', (t) => (t['classifier.bias'] = half('BF16', [2], [0, 0x7f80]))),
      /classifier\.bias holds NaN/,
    );
  });

  test('of a file that is cut, lies about its length or overlaps', async () => {
    const cut = copyOf('bert');
    truncateSync(join(cut, 'model.safetensors'), 100_000);
    await refused(cut, /model\.safetensors: tensor .* ends at byte/);
    const long = copyOf('bert');
    const bytes = readFileSync(join(long, 'model.safetensors'));
    bytes.writeBigUInt64LE(2n ** 50n, 0);
    writeFileSync(join(long, 'model.safetensors'), bytes);
    await refused(long, /header of 1125899906842624 bytes is longer than the file/);
    await refused(
      withTensors(
        'bert',
        () => undefined,
        (h) => (h['classifier.bias']!.data_offsets = [0, 8]),
      ),
      /overlap/,
    );
  });
});

test('an import that fails leaves the model of that name as it was', async () => {
  const { entry } = await imported(join(GOLDEN, 'bert'), local);
  const broken = withTensors('bert', (t) => Reflect.deleteProperty(t, 'classifier.bias'));
  await assert.rejects(imported(broken, local, { name: 'bert', force: true }), /classifier\.bias/);
  await assert.rejects(imported(join(GOLDEN, 'bert'), local), /a model "bert" is there already/);
  const { loadZoo } = await import('../../src/zoo/zoo.ts');
  assert.equal(
    loadZoo(undefined, local).model('bert').weights.sha256,
    entry.files['weights.safetensors']?.sha256,
  );
  assert.ok(existsSync(join(local, 'bert', 'weights.safetensors')));
});
