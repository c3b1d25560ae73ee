import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstRunDoubts } from '../../src/rows/firstRun.ts';
import { timedVariant } from '../fixtures/blocks.ts';

/** Three inputs, two rounds each of two calls; the first call on every input takes `first`. */
const block = (first: readonly number[]): ReturnType<typeof timedVariant> =>
  timedVariant('dense', [...first.map((ms) => [ms, 10]), [10, 10], [10, 10], [10, 10]], 3);

test('first calls that are systematically slower are first runs', () => {
  const [doubt] = firstRunDoubts([block([13, 12, 14])]);
  assert.equal(doubt?.code, 'first-run-in-samples');
  assert.match(doubt.message, /takes 1\.30 times as long/);
});

test('a single slow one is chance, and so is a tenth', () => {
  assert.deepEqual(firstRunDoubts([block([30, 10, 10])]), []);
  assert.deepEqual(firstRunDoubts([block([11, 11, 11])]), []);
  assert.equal(firstRunDoubts([block([11.2, 11.2, 9])]).length, 1);
});

test('all blocks count together', () => {
  assert.deepEqual(firstRunDoubts([block([13, 12, 14]), block([10, 10, 10]), block([10, 10, 10])]), []);
  assert.equal(firstRunDoubts([block([13, 12, 14]), block([12, 12, 10])]).length, 1);
});

test('too few later calls or inputs say nothing', () => {
  assert.deepEqual(
    firstRunDoubts([
      timedVariant(
        'dense',
        [
          [30, 10],
          [30, 10],
          [30, 10],
        ],
        3,
      ),
    ]),
    [],
  );
  assert.deepEqual(
    firstRunDoubts([
      timedVariant(
        'dense',
        [
          [30, 10],
          [10, 10],
          [10, 10],
        ],
        1,
      ),
    ]),
    [],
  );
  assert.deepEqual(firstRunDoubts([]), []);
});
