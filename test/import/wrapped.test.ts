// Checkpoints as training code leaves them: names behind the prefix of a wrapper, tensors of a loss, heads of other kinds,
// weights in float64. The model that comes out is the same as that of the plain checkpoint.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { bytesOf, f32, type Stored } from '../weights/writeSafetensors.ts';
import { rewrite, withConfig, withTensors } from './checkpointFolder.ts';
import { entryOf, freshFolder, GOLDEN, imported } from './golden.ts';

const local = freshFolder();

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof BenchError && pattern.test(error.line);

type Tensors = Record<string, Stored>;

function renameAll(tensors: Tensors, rename: (name: string) => string): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    Reflect.deleteProperty(tensors, name);
    tensors[rename(name)] = tensor;
  }
}

async function weightsOf(folder: string, name: string, withoutHead = false) {
  const result = await imported(folder, local, { name, withoutHead });
  return { ...result, sha256: result.entry.files['weights.safetensors']?.sha256 };
}

test('prefixes of wrappers are taken off and named', async () => {
  const plain = await weightsOf(join(GOLDEN, 'bert'), 'plain');
  assert.deepEqual(plain.prefixes, []);
  const cases: [string, (name: string) => string, string[]][] = [
    ['DataParallel', (name) => `module.${name}`, ['module.']],
    ['torch.compile', (name) => `_orig_mod.${name}`, ['_orig_mod.']],
    ['Lightning', (name) => `model.${name}`, ['model.']],
    ['all of them', (name) => `module._orig_mod.model.${name}`, ['_orig_mod.', 'module.', 'model.']],
    ['within the name', (name) => name.replace(/^bert\./, 'bert._orig_mod.'), ['_orig_mod.']],
    ['a module of any name', (name) => `student.net.${name}`, ['student.net.']],
  ];
  for (const [index, [what, rename, prefixes]] of cases.entries()) {
    const folder = withTensors('bert', (tensors) => renameAll(tensors, rename));
    const wrapped = await weightsOf(folder, `wrapped${index}`);
    assert.deepEqual(new Set(wrapped.prefixes), new Set(prefixes), what);
    assert.equal(wrapped.sha256, plain.sha256, what);
  }
});

test('tensors beside the model are passed over and named; an encoder among them is not guessed at', async () => {
  const folder = withTensors('bert', (tensors) => {
    renameAll(tensors, (name) => `model.${name}`);
    tensors['criterion.weight'] = f32([2], [1, 2]);
    tensors['metric.total'] = { dtype: 'U8', shape: [1], bytes: new Uint8Array(1) };
  });
  const { reading } = await weightsOf(folder, 'extra');
  assert.deepEqual([...reading.extra].sort(), ['criterion.weight', 'metric.total']);
  const two = withTensors('bert', (tensors) => {
    const words = tensors['bert.embeddings.word_embeddings.weight']!;
    renameAll(tensors, (name) => `teacher.${name}`);
    tensors['student.bert.embeddings.word_embeddings.weight'] = words;
  });
  await assert.rejects(imported(two, local, { name: 'two' }), refused(/missing|unexpected/));
});

test('float64 is narrowed, to the same weights', async () => {
  const wide = (tensors: Tensors): void => {
    for (const [name, { shape, bytes }] of Object.entries(tensors)) {
      const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      tensors[name] = { dtype: 'F64', shape, bytes: bytesOf(Float64Array.from(floats)) };
    }
  };
  const { sha256 } = await weightsOf(withTensors('bert', wide), 'wide');
  assert.equal(sha256, (await weightsOf(join(GOLDEN, 'bert'), 'narrow')).sha256);
  const huge = withTensors('bert', (t) => {
    t['classifier.bias'] = { dtype: 'F64', shape: [2], bytes: bytesOf(Float64Array.of(1e300, 0)) };
  });
  await assert.rejects(imported(huge, local, { name: 'huge' }), refused(/classifier\.bias: value Infinity/));
});

test('--head none takes the encoder of any head, and the model can be opened again', async () => {
  const heads: Record<string, unknown>[] = [
    { problem_type: 'multi_label_classification' },
    { problem_type: 'regression', num_labels: 3 },
    { num_labels: 3, id2label: { 0: 'a', 1: 'b' } },
    { architectures: ['BertForTokenClassification'] },
    { architectures: ['MyOwnModel2'] },
  ];
  for (const [index, head] of heads.entries()) {
    const folder = withConfig('bert', head);
    await assert.rejects(imported(folder, local, { name: `with${index}` }), refused(/--head none/));
    const { reading } = await weightsOf(folder, `head${index}`, true);
    assert.equal(reading.answers, false);
    assert.ok(readSafetensors(entryOf(`head${index}`, local).weights.path).has('classifier.weight'));
  }
});

test('a head of another form is refused with the way to the encoder alone', async () => {
  const folder = withTensors('bert', (tensors) => {
    renameAll(tensors, (name) => name.replace(/^classifier\./, 'classifier.3.'));
    tensors['score.weight'] = f32([1], [0]);
  });
  await assert.rejects(imported(folder, local, { name: 'deep' }), refused(/classifier\.3\..*--head none/));
  const { reading } = await weightsOf(folder, 'deep', true);
  assert.deepEqual(reading.extra, ['score.weight']);
  rewrite(
    join(folder, 'model.safetensors'),
    (t) => (t['bert.encoder.layer.0.lora_A.weight'] = f32([1], [0])),
  );
  await assert.rejects(
    imported(folder, local, { name: 'lora', withoutHead: true }),
    refused(/merge_and_unload/),
  );
});
