// An encoder without a classifier, as sentence encoders and pretraining checkpoints are.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogueOf } from '../../src/run/sources.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { f32 } from '../weights/writeSafetensors.ts';
import { rewrite, withConfig } from './checkpointFolder.ts';
import { entryOf, freshFolder, imported } from './golden.ts';

const local = freshFolder();

/** The BERT golden as a bare BertModel of an older transformers: no prefix, gamma and beta, a buffer. */
function bareBert(change: Readonly<Record<string, unknown>> = { architectures: ['BertModel'] }): string {
  const folder = withConfig('bert', change);
  rewrite(join(folder, 'model.safetensors'), (tensors) => {
    for (const [name, tensor] of Object.entries(tensors)) {
      Reflect.deleteProperty(tensors, name);
      const bare = name
        .replace(/^bert\./, '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta');
      if (!name.startsWith('classifier')) tensors[bare] = tensor;
    }
    tensors['embeddings.position_ids'] = { dtype: 'I64', shape: [1, 1], bytes: new Uint8Array(8) };
  });
  return folder;
}

test('gets a fixed random classifier, keeps its pooler and answers nothing', async () => {
  const first = await imported(bareBert(), local, { name: 'first', task: 'sst2' });
  const second = await imported(bareBert(), local, { name: 'second' });
  assert.equal(first.reading.answers, false);
  assert.equal(first.entry.task, 'none');
  assert.deepEqual(first.reading.ignored, ['embeddings.position_ids']);
  assert.match(first.reading.notes.join(' '), /random head \(classifier\).*train\/head\.py/);
  assert.equal(
    first.entry.files['weights.safetensors']?.sha256,
    second.entry.files['weights.safetensors']?.sha256,
    'the same numbers every time',
  );
  const entry = entryOf('first', local);
  assert.equal(entry.answers, false);
  const { data } = readSafetensors(entry.weights.path).tensor('classifier.weight');
  assert.ok(new Set(data).size > 60 && data.every((value) => Math.abs(value) <= Math.sqrt(3 / 32)));
  const planned = catalogueOf(loadZoo(undefined, local)).find(({ name }) => name === 'first');
  assert.equal(planned?.noAccuracy, 'no trained head');
});

test('another kind of model is taken without its head when that is asked for', async () => {
  const folder = withConfig('bert', { architectures: ['BertForPreTraining'] });
  rewrite(join(folder, 'model.safetensors'), (tensors) => {
    for (const part of ['weight', 'bias']) Reflect.deleteProperty(tensors, `classifier.${part}`);
    tensors['cls.predictions.bias'] = f32([3], [1, 2, 3]);
  });
  await assert.rejects(imported(folder, local), /BertForPreTraining has no sequence classification head/);
  const { reading } = await imported(folder, local, { withoutHead: true, name: 'pretrained' });
  assert.deepEqual(reading.ignored, ['cls.predictions.bias']);
  assert.equal(reading.answers, false);
});

test('a classifier can be taken without its head, in every family', async () => {
  for (const model of ['roberta', 'distilbert', 'electra']) {
    const { reading } = await imported(withConfig(model, {}), local, { withoutHead: true, name: model });
    assert.equal(reading.answers, false);
    assert.ok(reading.ignored.some((name) => name.startsWith('classifier.')));
    assert.ok(
      reading.tensors.some(({ name, from }) => name === 'bert.pooler.dense.weight' && from.length === 0),
    );
  }
});

test('a checkpoint that names no class is what its tensors say', async () => {
  const bare = await imported(bareBert({ architectures: undefined }), local, { name: 'nameless' });
  assert.equal(bare.reading.answers, false);
  const whole = await imported(withConfig('bert', { architectures: undefined }), local, { name: 'whole' });
  assert.equal(whole.reading.answers, true);
});

test('the licence is read from the model card, and the folder gives the name', async () => {
  const folder = bareBert();
  writeFileSync(join(folder, 'README.md'), '---\nlanguage: en\nlicense: apache-2.0\n---\n# Card\n');
  const { entry } = await imported(folder, local);
  assert.equal(entry.name, 'mine');
  assert.equal(entry.licence, 'apache-2.0');
  assert.equal(entry.base, 'BERT checkpoint "mine", imported');
  const said = await imported(folder, local, { licence: 'MIT', force: true });
  assert.equal(said.entry.licence, 'MIT');
});
