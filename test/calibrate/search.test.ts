import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cheapestWithin, searchBound } from '../../src/calibrate/lossBound.ts';
import { ramp, searchRamp } from '../../src/calibrate/ramp.ts';
import { pursue } from '../../src/calibrate/strategy.ts';
import { bestOfThree, fakeThresholds, problemOf } from './fakes.ts';

const WEIGHTS = [8, 0.5, 1.5];

for (const [method, ratio] of [
  ['topk', 1.5],
  ['topk', 2],
  ['ltp', 1.5],
] as const) {
  test(`${method} at ${ratio}x: the search finds what trying everything finds`, async () => {
    const { problem } = problemOf(method, WEIGHTS);
    const { best } = await pursue(problem, { kind: 'flops', ratio }, 0.1);
    assert.ok(best);
    const { evaluation } = best;
    assert.ok(Math.abs(evaluation.flopsShare * ratio - 1) <= 0.003, String(evaluation.flopsShare));
    const optimum = bestOfThree(WEIGHTS, evaluation.flopsShare);
    assert.ok(evaluation.divergence <= 1.02 * optimum, `${evaluation.divergence}, at best ${optimum}`);
  });
}

test('the same seed gives the same strengths and evaluations, another seed other ones', async () => {
  const run = async (seed: number) => {
    const { problem, evaluations, stages } = problemOf('ltp', [5, 1, 1, 2, 0.2, 0.1], { seed });
    const { nearest } = await pursue(problem, { kind: 'flops', ratio: 2 }, 0.05, 40);
    return { strengths: nearest.evaluation.strengths, evaluations: evaluations(), stages };
  };
  assert.deepEqual(await run(3), await run(3));
  assert.notDeepEqual((await run(3)).strengths, (await run(4)).strengths);
});

test('the search makes about the evaluations that it announces, or fewer', async () => {
  let announced = 0;
  const { problem, evaluations } = problemOf('ltp', WEIGHTS, {
    announce: (stage) => (announced += stage.evaluations),
  });
  await pursue(problem, { kind: 'flops', ratio: 1.8 }, 0.1, 30);
  assert.ok(evaluations() <= 1.25 * announced, `${evaluations()} of ${announced}`);
});

test('when the time is over, the stages end with what they have and the target is still met', async () => {
  const { problem, evaluations } = problemOf('topk', WEIGHTS, { enough: () => true });
  const { best } = await pursue(problem, { kind: 'flops', ratio: 1.6 }, 0.1);
  assert.ok(best);
  assert.ok(Math.abs(best.evaluation.flopsShare * 1.6 - 1) <= 0.003);
  assert.ok(evaluations() < 40);
});

test('a bound on the loss is met by the cheapest setting that was seen to keep it', async () => {
  const { problem } = problemOf('topk', WEIGHTS);
  const { best } = await pursue(problem, { kind: 'loss', bound: 0.05 }, 0.05);
  assert.ok(best && best.evaluation.loss <= 0.05);
  // 0.05 is a divergence of at most 0.3; six halvings of a factor of four are steps of 2 %.
  const tighter = bestOfThree(WEIGHTS, best.evaluation.flopsShare * 0.95);
  assert.ok(tighter > 0.29, `at 5 % fewer FLOPs ${tighter} were possible`);
});

test('a bound that nothing keeps gives no setting, and the one that comes nearest', async () => {
  const { problem } = problemOf('topk', [900, 900, 900]);
  const { best, nearest } = await pursue(problem, { kind: 'loss', bound: 0 }, 0.05, 10);
  assert.equal(best, null);
  assert.ok(nearest.evaluation.loss > 0);
});

test('bisection goes on from what was measured, and asks no more rounds than allowed', async () => {
  const asked: number[] = [];
  const solve = (flopsShare: number) => {
    asked.push(flopsShare);
    const evaluation = {
      strengths: [],
      divergence: 0,
      flopsShare,
      kept: [],
      loss: 0,
      lossError: flopsShare < 0.6 ? 1 : 0,
    };
    return Promise.resolve({ keeps: [], evaluation });
  };
  const tried = await searchBound(solve, { bound: 0.5, least: 0.25, rounds: 5, enough: () => false });
  assert.deepEqual(
    asked.map((share) => share.toFixed(3)),
    ['0.500', '0.707', '0.595', '0.648', '0.621'],
  );
  assert.equal(cheapestWithin(tried)?.evaluation.flopsShare.toFixed(3), '0.621');
});

test('the ramp starts at 0, rises by one step a layer and is found by its FLOPs', async () => {
  assert.deepEqual(ramp(1.2, 4), [0, 0.3, 0.6, 0.8999999999999999]);
  const { evaluation } = await searchRamp(fakeThresholds([1, 1, 1, 1]), 4, 1 / 1.7, 0.003);
  assert.ok(Math.abs(evaluation.flopsShare * 1.7 - 1) <= 0.003);
  const [zero, one = 0, two = 0] = evaluation.strengths;
  assert.equal(zero, 0);
  assert.ok(Math.abs(two - 2 * one) < 1e-12);
});
