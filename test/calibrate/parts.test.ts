import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate } from '../../src/calibrate/allocate.ts';
import { divergences } from '../../src/calibrate/divergence.ts';
import { likeLengths } from '../../src/calibrate/examples.ts';
import { modelShare, project } from '../../src/calibrate/flopsModel.ts';
import { assertPossible, leastShare } from '../../src/calibrate/goal.ts';
import { SearchProgress } from '../../src/calibrate/progress.ts';
import { keepFor, rateMap, strengthFor, thresholdMap } from '../../src/calibrate/strengthMap.ts';
import { createRandom } from '../../src/core/random.ts';
import { CPU_KERNELS } from '../../src/graphs/graphFiles.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { flopsModel } from '../../src/graphs/flopsModel.ts';
import { encoderFlops, total } from '../../src/rows/flops.ts';
import { KEEP_ALL } from '../../src/graphs/methods/contract.ts';
import { ratioOfSums } from '../../src/stats/ratioOfSums.ts';
import { config, cost } from './fakes.ts';
import { refuses } from '../fixtures/refuses.ts';

test('the model of FLOPs equals the exact count where all sequences keep the same share', () => {
  const flops = (kept: number[][]) => {
    const counts = { lengths: [20, 40], paddedLength: 40, kept };
    return total(encoderFlops(flopsModel(config(3), METHOD.dense, KEEP_ALL, CPU_KERNELS), counts).parts);
  };
  const dense = [20, 40];
  const head = 2 * 2 * (64 * 64 + 64 * config(3).labels.length);
  const exact =
    (flops([
      [10, 20],
      [10, 20],
      [5, 10],
    ]) -
      head) /
    (flops([dense, dense, dense]) - head);
  const predicted = modelShare(
    { entering: 3 * 64 * 64, staying: 64 * 64 + 2 * 64 * 256, pairs: (2 * 64 * (400 + 1600)) / 60 },
    [0.5, 1, 0.5],
  );
  assert.ok(Math.abs(exact - predicted) < 1e-12);
});

test('projecting keeps a schedule in shape and meets the target', () => {
  const keeps = project(cost(4), [1, 0.9, 1, 0.5], 0.6, null);
  assert.ok(Math.abs(modelShare(cost(4), keeps) - 0.6) < 1e-9);
  assert.equal(keeps[0], 1);
  assert.equal(keeps[2], 1);
  const powers = [Math.log(keeps[1]!) / Math.log(0.9), Math.log(keeps[3]!) / Math.log(0.5)];
  assert.ok(Math.abs(powers[0]! - powers[1]!) < 1e-9);
});

test('on paper the budget comes from the layer that costs nothing', () => {
  const free = [{ strength: 0.1, keep: 0.1, divergence: 0 }];
  const dear = [{ strength: 0.1, keep: 0.1, divergence: 50 }];
  const keeps = allocate([dear, free, dear], cost(3), 0.7);
  assert.ok(Math.abs(modelShare(cost(3), keeps) - 0.7) < 1e-6);
  assert.equal(keeps[0], 1);
  assert.ok(keeps[1]! < 0.6);
});

test('a rate is the product of what the layers keep; a threshold is read off its curve and back', () => {
  const rates = rateMap(3).strengths([1, 0.5, 0.5], null);
  assert.deepEqual(rates, [1, 0.5, 0.25]);
  const curve = [
    { strength: 0.4, keep: 0.8 },
    { strength: 0.8, keep: 0.4 },
    { strength: 1.6, keep: 0.1 },
  ];
  assert.ok(Math.abs(keepFor(curve, 0.6) - 0.6) < 1e-12);
  for (const strength of [0.1, 0.4, 0.7, 1.3]) {
    assert.ok(Math.abs(strengthFor(curve, keepFor(curve, strength)) - strength) < 1e-12);
  }
  assert.deepEqual(thresholdMap([curve, curve]).strengths([1, 0.6], null), [0, strengthFor(curve, 0.6)]);
});

test('a threshold is moved by as much as its neighbour was off', () => {
  const curve = [
    { strength: 0.4, keep: 0.8 },
    { strength: 0.8, keep: 0.4 },
  ];
  const base = { divergence: 0, loss: 0, lossError: 0, flopsShare: 0.8 };
  const near = { ...base, strengths: [0.6], kept: [0.5] }; // the curve says 0.6
  const [threshold = 0] = thresholdMap([curve]).strengths([0.5], near);
  assert.ok(Math.abs(threshold - 0.6) < 1e-9);
});

test('divergence is 0 for equal outputs, in nats for classes and in variances for a value', () => {
  const logits = (...values: number[]) => ({ logits: Float32Array.from(values), classes: 2 });
  assert.deepEqual(divergences(logits(3, 1, -2, 5), logits(3, 1, -2, 5)), [0, 0]);
  const value = (...values: number[]) => ({ logits: Float32Array.from(values), classes: 1 });
  assert.deepEqual(divergences(value(0, 2), value(1, 2)), [1, 0]);
});

test('texts are drawn as long as those they are to stand for, each once', () => {
  const ofWords = (words: number, id: number) => ({ text: `${'w '.repeat(words - 1)}${id}`, label: 0 });
  const pool = Array.from({ length: 300 }, (_, id) => ofWords(1 + (id % 30), id));
  const model = Array.from({ length: 40 }, (_, id) => ofWords(25 + (id % 3), id));
  const drawn = likeLengths(pool, model, 20, createRandom(1));
  assert.equal(new Set(drawn.map(({ text }) => text)).size, 20);
  for (const { text } of drawn) assert.ok(text.split(' ').length >= 25 && text.split(' ').length <= 27);
  assert.deepEqual(drawn, likeLengths(pool, model, 20, createRandom(1)));
});

test('a ratio that no pruning gives is refused before anything runs', () => {
  const least = leastShare('ltp', cost(6), 6, 25);
  assert.doesNotThrow(() => assertPossible({ kind: 'flops', ratio: 3 }, least));
  refuses(() => assertPossible({ kind: 'flops', ratio: 50 }, least), /--flops 50 cannot be reached/);
  assert.ok(leastShare('threshold', cost(6), 6, 25) > least); // the ramp leaves the first layer alone
});

test('the interval of a ratio of sums holds the ratio and is narrow where examples are alike', () => {
  const above = Array.from({ length: 200 }, (_, i) => 10 + (i % 7));
  const ratio = ratioOfSums(
    above,
    above.map((value) => value / 2),
    createRandom(1),
  );
  assert.ok(Math.abs(ratio.value - 2) < 1e-12 && ratio.low === 2 && ratio.high === 2);
  const wide = ratioOfSums(
    above,
    above.map((_, i) => 5 + (i % 3)),
    createRandom(1),
  );
  assert.ok(wide.low < wide.value && wide.value < wide.high && wide.high - wide.low < 0.3);
});

test('progress tells stage, count, best at the target and time left', () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new SearchProgress({ write: (text) => lines.push(text) }, () => now);
  progress.begin({ name: 'greedy', evaluations: 50, share: 0.5 });
  for (let done = 1; done <= 25; done++) {
    now += 1000;
    progress.count({ strengths: [], divergence: 1 / done, flopsShare: 0.5, kept: [], loss: 0, lossError: 0 });
  }
  assert.equal(lines[0], 'greedy: 0 of about 50 evaluations\n');
  assert.match(
    lines[1] ?? '',
    /25 of about 50 evaluations, best divergence 0\.0400 at 2\.00x, about 25 s left/,
  );
  assert.equal(progress.evaluations, 25);
});
