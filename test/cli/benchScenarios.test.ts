import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBench } from '../../src/cli/benchFlags.ts';
import { refuses } from '../fixtures/refuses.ts';

const scenarios = (...argv: string[]) => parseBench(argv).effort.scenarios;

test('what is left open stays open; streams and rate go to the scenarios that have them', () => {
  assert.equal(scenarios(), undefined);
  assert.deepEqual(scenarios('--scenarios', 'server'), [
    { name: 'server', streams: null, ratePerSecond: null },
  ]);
  assert.deepEqual(
    scenarios('--scenarios', 'single-stream,offline,server', '--streams', '1', '--rate', '20'),
    [
      { name: 'single-stream', streams: null, ratePerSecond: null },
      { name: 'offline', streams: 1, ratePerSecond: null },
      { name: 'server', streams: 1, ratePerSecond: 20 },
    ],
  );
});

test('streams and rate alone change the scenarios of the suite, and are refused where it has none', () => {
  assert.deepEqual(
    scenarios('--suite', 'serving', '--rate', '20')?.map(({ ratePerSecond }) => ratePerSecond),
    [null, null, 20],
  );
  refuses(() => scenarios('--rate', '20'), /--rate is for load scenarios, and suite "quick" has none/);
  refuses(() => scenarios('--scenarios', 'server', '--rate', '0'), /--rate must be/);
  refuses(() => scenarios('--scenarios', 'burst'), /burst/);
});
