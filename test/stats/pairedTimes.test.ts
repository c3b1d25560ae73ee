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
    [round([10, 12], [5, 5]), round([11, 90], [6, 7])], // lesser ones 10 and 11, 5 and 6
    [round([20, 20], [8, 12])], // 20 and 8
  ],
};

test('a variant costs the sum over inputs of the median over rounds of the lesser call', () => {
  assert.deepEqual(
    [...costs(times)],
    [
      ['dense', 30.5],
      ['ltp', 13.5],
    ],
  );
  assert.equal(costRatio(costs(times), 'ltp', 'dense'), 30.5 / 13.5);
  assert.equal(costRatio(costs(times), 'topk', 'dense'), undefined);
});

test('resampling draws whole rounds, the same for all variants, and keeps every input', () => {
  const random = createRandom(7);
  const seen = new Set<string>();
  for (let draw = 0; draw < 200; draw++) {
    const drawn = resampledCosts(times, random);
    seen.add(`${drawn.get('dense') ?? 0} ${drawn.get('ltp') ?? 0}`);
  }
  // Input 0: twice the first round (10, 5), both (10.5, 5.5), twice the second (11, 6); input 1 always (20, 8).
  assert.deepEqual([...seen].sort(), ['30 13', '30.5 13.5', '31 14'].sort());
});
