// Published pruning checkpoints: what is understood of config.json and the learned scalars, and what is refused by
// name. That the imported points answer as published is in test/graphs/official.test.ts.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';
import { ltpKeepRates } from '../../src/import/official/ltpPruning.ts';
import { OFFICIAL_DEFAULTS } from '../../src/import/official/options.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { f32 } from '../weights/writeSafetensors.ts';
import { rewrite } from './checkpointFolder.ts';
import { entryOf, freshFolder, imported } from './golden.ts';
import { refusals } from './refusals.ts';

const OFFICIAL = join(repoRoot(), 'test/golden/official');
const local = freshFolder();
const refused = refusals(local);
const THRESHOLD = (layer: number) => `ibert.encoder.layer.${layer}.attention.self.pruner.keep_threshold`;
const PREDICTOR = 'bert.encoder.skim_predictors.2.predictor';

type Change = Readonly<Record<string, unknown>>;
type Tensors = Parameters<Parameters<typeof rewrite>[1]>[0];

/** A copy with another configuration (undefined takes a key out) and other tensors. */
function changed(name: string, config: Change, tensors: (stored: Tensors) => void = () => undefined): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'official-')), 'mine');
  cpSync(join(OFFICIAL, name), folder, { recursive: true });
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as Change), ...config }));
  rewrite(join(folder, 'model.safetensors'), tensors);
  return folder;
}

async function pointOf(folder: string, more: Parameters<typeof imported>[2] = {}) {
  const model = await imported(folder, local, { name: 'mine', force: true, ...more });
  const { points } = entryOf('mine', local);
  assert.equal(points.length, 1);
  return { ...model, point: points[0]!, file: readSafetensors(points[0]!.file.path) };
}

describe('refused by name', () => {
  const cases: [string, Change, RegExp][] = [
    ['integer I-BERT', { quant_mode: true }, /quant_mode true is not supported \(integer I-BERT/],
    [
      'a mode that cannot be built',
      { prune_mode: 'rising_threshold' },
      /prune_mode "rising_threshold".*absolute_threshold, topk/,
    ],
    [
      'a threshold relative to the largest score',
      { prune_mode: 'threshold' },
      /prune_mode "threshold" is not supported/,
    ],
    [
      'learned thresholds without a mode',
      { prune_mode: undefined },
      /prune_mode null.*write "absolute_threshold"/,
    ],
    ['another score', { scoring_mode: 'mean_norm' }, /scoring_mode "mean_norm".*supported: mean/],
    [
      'a ramp without its end',
      { final_token_threshold: undefined, prune_kwargs: undefined },
      /needs the number final_token_threshold.*not in the weights/,
    ],
    [
      'two ends of one ramp',
      { final_token_threshold: 0.01 },
      /final_token_threshold is 0\.01, but 0\.008 in prune_kwargs/,
    ],
    ['another family with pruners', { model_type: 'roberta' }, /model_type "roberta".*keep_threshold/],
    [
      'rates above 1',
      { prune_mode: 'topk', token_keep_rate: 1.5, prune_kwargs: undefined },
      /token_keep_rate 1\.5 is not supported \(above 1 the published code brings padding to life/,
    ],
    [
      'a question answering head',
      { architectures: ['LTPForQuestionAnswering'] },
      /LTPForQuestionAnswering has no sequence/,
    ],
  ];
  for (const [what, config, pattern] of cases) {
    test(what, () => refused(changed('ltp', config), pattern));
  }

  test('thresholds that are missing, or not one a layer', async () => {
    const without = changed('ltp', {}, (stored) => Reflect.deleteProperty(stored, THRESHOLD(3)));
    await refused(without, /keep_threshold of layer 3 is missing/);
    const many = changed('ltp', {}, (stored) => {
      stored[THRESHOLD(3)] = f32([2], [0.1, 0.2]);
    });
    await refused(many, /keep_threshold of layer 3 holds 2 values, not one/);
  });

  test('a layer that stops pruning after another has, where a pruned [CLS] would attend again', async () => {
    const ended = changed('ltp', { final_token_threshold: 0, prune_kwargs: undefined }, (stored) => {
      for (const layer of [1, 2, 4]) stored[THRESHOLD(layer)] = f32([], [0.004]);
      stored[THRESHOLD(3)] = f32([], [0]);
    });
    await refused(ended, /threshold of layer 3 is exactly 0 after layer 1 has pruned/);
  });

  test('a padded length that the model cannot take', async () => {
    const folder = join(OFFICIAL, 'ltp-manual');
    await refused(folder, /a checkpoint length of 128 tokens, but the model takes 1 to 48/);
  });

  test('predictors of another form', async () => {
    const gone = changed('transkimmer-bert', {}, (stored) =>
      Reflect.deleteProperty(stored, `${PREDICTOR}.4.bias`),
    );
    await refused(gone, /skim\.2\.out\.bias is missing \(supported: one predictor a layer/);
    const deeper = changed('transkimmer-bert', {}, (stored) => {
      stored[`${PREDICTOR}.6.bias`] = f32([2], [0, 0]);
    });
    await refused(deeper, /predictor\.6\.bias belongs to no module of the published predictor/);
    const wide = changed('transkimmer-bert', {}, (stored) => {
      stored[`${PREDICTOR}.4.bias`] = f32([3], [0, 0, 0]);
    });
    await refused(wide, /predictor\.4\.bias is \[3\], not \[2\]/);
    await refused(
      changed('transkimmer-bert', { num_hidden_layers: 3 }),
      /skim_predictors\.3\..* is of a layer that/,
    );
    await refused(
      changed('transkimmer-bert', { model_type: 'electra' }),
      /model_type "electra".*bert, roberta/,
    );
  });

  test('weights of another format only, with the conversion', async () => {
    const folder = changed('ltp', {});
    renameSync(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'));
    await refused(folder, /pytorch_model\.bin only.*`python train\/convert\.py/);
  });
});

describe('understood', () => {
  test('thresholds: l / L from 0, in float32, times the padded length', async () => {
    const { point, file, reading } = await pointOf(join(OFFICIAL, 'ltp'));
    assert.deepEqual([point.name, point.method], ['official', 'ltp']);
    const deltas = [0, -0.004, 0.0024, 0.0024, 0.0015].map(Math.fround);
    const expected = deltas.map((delta, l) => 128 * Math.fround(Math.fround((0.008 * l) / 5) + delta));
    assert.deepEqual([...file.tensor('pruning.thresholds').data], expected);
    assert.equal(file.tensor('pruning.thresholds').data[0], 0, 'the first layer never prunes');
    assert.ok(expected[1]! < 0, 'a negative threshold stays one: only the floor acts');
    const { cls, floor, checkpoint_length: length } = file.metadata;
    assert.deepEqual([cls, floor, length], ['unprotected', '0.00128', '128']);
    assert.match(reading.notes.join('\n'), /padded to 128 tokens.*\n.*\[CLS\] is not protected/);
  });

  test('a ramp that nothing was added to is the manual baseline; its length can be said', async () => {
    const official = { ...OFFICIAL_DEFAULTS, checkpointLength: 48 };
    const { point, file } = await pointOf(join(OFFICIAL, 'ltp-manual'), { official });
    assert.equal(point.method, 'threshold');
    const expected = [0, 1, 2, 3].map((l) => Math.fround(48 * Math.fround((0.03 * l) / 4)));
    assert.deepEqual([...file.tensor('pruning.thresholds').data], expected);
    assert.equal(file.metadata['floor'], '0.00048');
  });

  test('a checkpoint before any training of thresholds is the ramp alone', async () => {
    const untrained = changed('ltp', {}, (stored) => {
      for (let layer = 0; layer < 5; layer++) Reflect.deleteProperty(stored, THRESHOLD(layer));
    });
    const { point } = await pointOf(untrained);
    assert.equal(point.method, 'threshold');
  });

  test('no prune_mode and nothing learned: a dense model', async () => {
    const dense = changed('ltp-topk', {
      prune_mode: null,
      token_keep_rate: undefined,
      prune_kwargs: undefined,
    });
    const { reading } = await imported(dense, local, { name: 'mine', force: true });
    assert.deepEqual(reading.points, []);
    assert.match(reading.notes.join(), /a dense model, no point/);
  });

  test('keep rates: the published ramp of 12 layers', () => {
    const rates = ltpKeepRates(12, 0.2).map((rate) => Number(rate.toFixed(3)));
    assert.deepEqual(rates, [1, 1, 1, 0.911, 0.822, 0.733, 0.644, 0.556, 0.467, 0.378, 0.289, 0.2]);
    assert.deepEqual(ltpKeepRates(24, 0.5).filter((rate) => rate === 1).length, 4);
    assert.equal(ltpKeepRates(12, -0.5).at(-1), 0.01, 'a floor of one in a hundred');
  });

  test('keep rates: [CLS] competes, and every layer may keep nothing', async () => {
    const { point, file } = await pointOf(join(OFFICIAL, 'ltp-topk'));
    assert.deepEqual([point.method, file.metadata['cls']], ['topk', 'unprotected']);
    assert.deepEqual([...file.tensor('pruning.keep_rates').data], ltpKeepRates(6, 0.15).map(Math.fround));
  });

  test('predictors by module, with their own epsilon; decisions are argmax', async () => {
    const stored = readSafetensors(join(OFFICIAL, 'transkimmer-bert', 'model.safetensors'));
    const { point, file, reading } = await pointOf(join(OFFICIAL, 'transkimmer-bert'));
    assert.equal(point.method, 'transkimmer');
    for (const [part, module] of [
      ['norm1', 0],
      ['dense', 1],
      ['norm2', 2],
      ['out', 4],
    ] as const) {
      assert.deepEqual(file.tensor(`skim.2.${part}.weight`), stored.tensor(`${PREDICTOR}.${module}.weight`));
    }
    const { skim, predictor_epsilon: epsilon } = file.metadata;
    assert.deepEqual([skim, Number(epsilon)], ['argmax', 1e-5]);
    assert.match(reading.notes.join('\n'), /decisions by argmax; the published code draws Gumbel noise/);
    assert.match(reading.notes.join('\n'), /no removal can equal it elsewhere/);
  });
});
