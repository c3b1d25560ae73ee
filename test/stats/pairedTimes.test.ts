import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { costRatio, costs, resampledCosts, type PairedTimes } from '../../src/stats/pairedTimes.ts';

const round = (dense: number[], ltp: number[]): ReadonlyMap<string, number[]> =>
  new Map([
    ['dense', dense],
    ['ltp', ltp],
  ]);

const times: PairedTimes = {
  ids: ['dense', 'ltp'],
  inputs: [
    [round([10, 12], [5, 5]), round([11, 90], [6, 6])], // medians 11.5 and 5.5
    [round([20, 20], [8, 12])], // medians 20 and 10
  ],
};

test('a variant costs the sum over inputs of its median time', () => {
  assert.deepEqual(
    [...costs(times)],
    [
      ['dense', 31.5],
      ['ltp', 15.5],
    ],
  );
  assert.equal(costRatio(costs(times), 'ltp', 'dense'), 31.5 / 15.5);
  assert.equal(costRatio(costs(times), 'topk', 'dense'), undefined);
});

test('resampling draws whole rounds, the same for all variants, and keeps every input', () => {
  const random = createRandom(7);
  const seen = new Set<string>();
  for (let draw = 0; draw < 200; draw++) {
    const drawn = resampledCosts(times, random);
    seen.add(`${drawn.get('dense') ?? 0} ${drawn.get('ltp') ?? 0}`);
  }
  // Input 0: twice the first round (11, 5), both (11.5, 5.5), twice the second (50.5, 6); input 1 always (20, 10).
  assert.deepEqual([...seen].sort(), ['31 15', '31.5 15.5', '70.5 16'].sort());
});
