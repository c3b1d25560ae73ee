// FLOPs against numbers worked by hand (d = 4, f = 8, H = 2, 2 labels, one layer unless said otherwise).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { encoderFlops, total } from '../../src/rows/flops.ts';
import { flopsModel } from '../../src/graphs/flopsModel.ts';
import { profileFacts } from '../../src/worker/profile.ts';
import type { EncoderConfig } from '../../src/graphs/config.ts';
import { CPU_KERNELS, PLAIN_KERNELS } from '../../src/graphs/graphFiles.ts';
import { KEEP_ALL, type PointRule } from '../../src/graphs/methods/contract.ts';

const config: EncoderConfig = {
  vocabSize: 10,
  hiddenSize: 4,
  layers: 1,
  heads: 2,
  headSize: 2,
  intermediateSize: 8,
  maxPositions: 512,
  tokenTypes: 2,
  layerNormEpsilon: 1e-12,
  activation: 'gelu',
  embeddingSize: 4,
  firstPosition: 0,
  headActivation: 'tanh',
  problem: 'classification',
  labels: ['a', 'b'],
};
const unscored: PointRule = { ...KEEP_ALL, keepAfter: () => '' };
const scored: PointRule = { ...unscored, scoreAt: () => 'received-attention' };
const packed = { rows: 'packed' } as const;

test('dense: 4d^2 + 2df MACs a token, 2d n^2 for attention, d^2 + dC for the head', () => {
  const { parts, executed } = encoderFlops(flopsModel(config, packed, KEEP_ALL, CPU_KERNELS), {
    lengths: [3],
    paddedLength: 3,
    kept: [[3]],
  });
  assert.deepEqual(parts, {
    linear: 2 * (3 * 16 * 3 + (16 + 64) * 3),
    attention: 2 * 2 * 4 * 9,
    predictor: 0,
    score: 0,
    head: 2 * (16 + 8),
    orphan: 0,
  });
  assert.equal(executed, total(parts));
});

test('an orphan is projected and fed forward apart from the tokens, and is a slot of a rectangle', () => {
  // Two texts of 3 and 2 tokens, two layers: the second loses [CLS] in the first layer and everything in the second.
  const counts = {
    lengths: [3, 2],
    paddedLength: 3,
    kept: [
      [3, 1],
      [3, 0],
    ],
    orphans: [
      [0, 1],
      [0, 1],
    ],
  };
  const { parts, executed } = encoderFlops(
    flopsModel({ ...config, layers: 2 }, packed, scored, CPU_KERNELS),
    counts,
  );
  assert.equal(parts.linear, 2 * (3 * 16 * 5 + 80 * 4 + 3 * 16 * 4 + 80 * 3));
  // After the first layer the output projection and feed-forward; in the second the projections to Q, K and V as well.
  assert.equal(parts.orphan, 2 * (80 + 3 * 16 + 80));
  assert.equal(parts.attention, 2 * 2 * 4 * (9 + 4 + 9 + 1));
  // Rectangles of 2 x 3 x 3 slots in both layers: an orphan's own slots are computed, and belong to no token.
  const empty = 18 - 13 + (18 - 10);
  assert.equal(executed, total(parts) + 2 * (2 * 4 + 2) * empty);
  const looping = encoderFlops(
    flopsModel({ ...config, layers: 2 }, packed, scored, { ...CPU_KERNELS, loopAbove: 1 }),
    counts,
  );
  assert.equal(looping.executed, total(parts), 'a loop over texts leaves orphans out');
});

test('removal after attention: projection and feed-forward on survivors, attention on all, score listed', () => {
  const { parts } = encoderFlops(flopsModel(config, packed, scored, CPU_KERNELS), {
    lengths: [5],
    paddedLength: 5,
    kept: [[2]],
  });
  assert.equal(parts.linear, 2 * (3 * 16 * 5 + 80 * 2));
  assert.equal(parts.attention, 2 * 2 * 4 * 25);
  assert.equal(parts.score, 2 * 2 * 25);
});

test('removal after attention without a score: the predictor on all that enter a layer that removes', () => {
  const rule: PointRule = { ...unscored, removesAt: (layer) => layer === 1, predictorMacsPerToken: 24 };
  const { parts } = encoderFlops(flopsModel({ ...config, layers: 2 }, packed, rule, CPU_KERNELS), {
    lengths: [5],
    paddedLength: 5,
    kept: [[5], [2]],
  });
  assert.equal(parts.score, 0);
  assert.equal(parts.predictor, 2 * 24 * 5);
  assert.equal(parts.attention, 2 * 2 * 4 * 2 * 25);
});

test('a pruned [CLS] goes through the predictor of later layers, too', () => {
  const rule: PointRule = { ...unscored, protectsCls: false, predictorMacsPerToken: 24 };
  const counts = { lengths: [5], paddedLength: 5, kept: [[2], [1]], orphans: [[1], [1]] };
  const own = encoderFlops(flopsModel({ ...config, layers: 2 }, packed, rule, CPU_KERNELS), counts).parts;
  const free = { ...rule, predictorMacsPerToken: 0 };
  const without = encoderFlops(flopsModel({ ...config, layers: 2 }, packed, free, CPU_KERNELS), counts).parts;
  assert.equal(own.predictor, 2 * 24 * (5 + 2));
  assert.equal(own.orphan - without.orphan, 2 * 24);
});

test('removal before a layer: the predictor on all that enter, the layer on survivors', () => {
  const rule: PointRule = { ...KEEP_ALL, keepBefore: () => '', predictorMacsPerToken: 24 };
  const { parts } = encoderFlops(flopsModel(config, packed, rule, CPU_KERNELS), {
    lengths: [5],
    paddedLength: 5,
    kept: [[2]],
  });
  assert.equal(parts.predictor, 2 * 24 * 5);
  assert.equal(parts.linear, 2 * 2 * (48 + 80));
  assert.equal(parts.attention, 2 * 2 * 4 * 4);
});

test('dense-padded pays for every slot; packed pays for real tokens only', () => {
  const counts = { lengths: [3, 1], paddedLength: 3, kept: [[3, 1]] };
  const padded = encoderFlops(flopsModel(config, { rows: 'padded' }, KEEP_ALL, CPU_KERNELS), counts);
  const dense = encoderFlops(flopsModel(config, packed, KEEP_ALL, CPU_KERNELS), counts);
  assert.equal(padded.parts.linear, 2 * 128 * 6);
  assert.equal(padded.parts.attention, 2 * 8 * 18);
  assert.equal(dense.parts.linear, 2 * 128 * 4);
  assert.equal(dense.parts.attention, 2 * 8 * 10);
});

test('executed FLOPs include the empty slots of a short ragged rectangle, and only those', () => {
  const short = { lengths: [3, 1], paddedLength: 3, kept: [[3, 1]] };
  const { parts, executed } = encoderFlops(flopsModel(config, packed, KEEP_ALL, CPU_KERNELS), short);
  assert.equal(executed - total(parts), 2 * 8 * (18 - 10));
  const long = { lengths: [200, 100], paddedLength: 200, kept: [[200, 100]] };
  const looped = encoderFlops(flopsModel(config, packed, KEEP_ALL, CPU_KERNELS), long);
  assert.equal(looped.executed, total(looped.parts));
  const plain = encoderFlops(flopsModel(config, packed, KEEP_ALL, PLAIN_KERNELS), long);
  assert.equal(plain.executed - total(plain.parts), 2 * 8 * (2 * 200 * 200 - 200 * 200 - 100 * 100));
});

test('profiled FLOPs come from the shapes of products and attention operators', () => {
  const event = (op_name: string, inputs: number[][], output: number[], name = `x/${op_name}_1`) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    dur: 2000,
    args: {
      op_name,
      provider: 'CPUExecutionProvider',
      input_type_shape: inputs.map((shape) => ({ float: shape })),
      output_type_shape: [{ float: output }],
    },
  });
  const facts = profileFacts([
    event('Gemm', [[3, 4]], [3, 8]),
    event(
      'MatMul',
      [
        [2, 3, 5],
        [2, 5, 7],
      ],
      [2, 3, 7],
    ),
    event(
      'Attention',
      [
        [1, 6, 4],
        [1, 6, 4],
        [1, 6, 4],
      ],
      [1, 6, 4],
    ),
    event('ReduceSum', [[2, 3, 3]], [2, 3], 'layer0/score_9'),
    event('ReduceSum', [[2, 3, 3]], [2, 3], 'layer0/counts_9'),
    event('If', [], []),
    { cat: 'Session', name: 'model_run', dur: 1 },
  ]);
  assert.equal(facts.flops, 2 * (3 * 8 * 4 + 42 * 5 + 2 * 6 * 4 * 6 + 18));
  assert.deepEqual(facts.nodeCounts, { Gemm: 1, MatMul: 1, Attention: 1, ReduceSum: 2, If: 1 });
  assert.equal(facts.opTimeMs['ReduceSum'], 4);
  assert.equal('If' in facts.opTimeMs, false);
});
