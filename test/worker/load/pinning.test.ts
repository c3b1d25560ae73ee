import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coresFirst, cpuSets, parseCpuList } from '../../../src/worker/load/pinning.ts';
import { parseCpuUs } from '../../../src/worker/load/processTime.ts';
import { settleScenarios } from '../../../src/plan/scenarios.ts';

test('lists of CPUs are read as the kernel writes them', () => {
  assert.deepEqual(parseCpuList('0-2,7,10-11\n'), [0, 1, 2, 7, 10, 11]);
});

test('streams get a core each before hardware threads are shared', () => {
  const siblings = (cpu: number): number[] => [cpu % 4, (cpu % 4) + 4]; // 4 cores, 8 hardware threads
  assert.deepEqual(coresFirst([0, 1, 2, 3, 4, 5, 6, 7], siblings), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(coresFirst([0, 4, 1, 5], siblings), [0, 1, 4, 5]);
  assert.deepEqual(coresFirst([4, 5], siblings), [4, 5]);
});

test('no CPU is given to two streams', () => {
  assert.deepEqual(cpuSets([0, 1, 4, 5], 2, 2), [
    [0, 1],
    [4, 5],
  ]);
  assert.equal(cpuSets([0, 1], 2, 2), null);
});

test('streams that nobody asked for are as many as fit; a number that was said is kept', () => {
  const wanted = [
    { name: 'single-stream', streams: null, ratePerSecond: null },
    { name: 'offline', streams: null, ratePerSecond: null },
    { name: 'server', streams: 1, ratePerSecond: 20 },
  ] as const;
  const settled = settleScenarios(wanted, { provider: 'cpu', threads: 2 }, 8);
  assert.deepEqual(
    settled.map(({ streams, ratePerSecond }) => [streams, ratePerSecond]),
    [
      [1, null],
      [4, null],
      [1, 20],
    ],
  );
  assert.equal(settleScenarios(wanted, { provider: 'cpu', threads: 16 }, 8)[1]!.streams, 1);
  assert.equal(settleScenarios(wanted, { provider: 'cuda', threads: 1 }, 8)[1]!.streams, 1);
});

test('CPU time is read behind a name with spaces and brackets', () => {
  const stat = `42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 1 0 100 0 0`;
  assert.equal(parseCpuUs(stat), 2_000_000);
  assert.equal(parseCpuUs(''), 0);
});
