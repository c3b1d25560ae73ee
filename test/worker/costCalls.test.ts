import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstCalls, steadyCalls } from '../../src/worker/costCalls.ts';

/** A session whose call n takes `costsMs[n]`, the last one again and again. */
function session(costsMs: readonly number[]): {
  call: (input: number) => Promise<void>;
  nowMs: () => number;
  inputs: number[];
} {
  let now = 0;
  const inputs: number[] = [];
  const call = (input: number): Promise<void> => {
    now += costsMs[Math.min(inputs.length, costsMs.length - 1)] ?? 0;
    inputs.push(input);
    return Promise.resolve();
  };
  return { call, nowMs: () => now, inputs };
}

test('the first call is apart from the first calls at further shapes, and a shape counts once', async () => {
  const { call, nowMs, inputs } = session([90, 30, 11, 20, 10]);
  const shapes = ['16/30', '15/29', '15/29', '16/31', '16/30'];
  assert.deepEqual(await firstCalls(call, shapes, nowMs), { firstRunMs: 90, newShapeRunMs: 25 });
  assert.deepEqual(inputs, [0, 1, 2, 3, 4], 'every input was seen before the steady calls');
});

test('with one shape there is no first call at a new one', async () => {
  const { call, nowMs } = session([90, 10]);
  assert.deepEqual(await firstCalls(call, ['16/32', '16/32'], nowMs), {
    firstRunMs: 90,
    newShapeRunMs: null,
  });
});

test('steady calls go over all inputs equally often, until the time is over', async () => {
  const { call, nowMs, inputs } = session([10]);
  const steady = await steadyCalls(call, 3, 50, nowMs);
  assert.deepEqual(steady, { steadyRunMs: 10, calls: 6, spanMs: 60 });
  assert.deepEqual(inputs, [0, 1, 2, 0, 1, 2]);
});

test('slow calls get one pass', async () => {
  const { call, nowMs } = session([2000, 3000]);
  assert.deepEqual(await steadyCalls(call, 2, 1000, nowMs), { steadyRunMs: 2500, calls: 2, spanMs: 5000 });
});
