import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollingBaseline } from '../../src/compare/baseline.ts';
import type { Summary } from '../../src/core/schema/summary.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

function night(day: number, change: (summary: Summary) => void = () => undefined): Summary {
  const summary = fixtureSummary();
  summary.run = {
    ...summary.run,
    id: `night-${day}`,
    startedAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
  };
  summary.run.machine = structuredClone(summary.run.machine);
  change(summary);
  return summary;
}

const ids = (runs: readonly Summary[]): string[] => runs.map(({ run }) => run.id);
const plain = { last: 7, allowMixed: false };

test('the last complete runs of the same machine that are older, in order of time', () => {
  const runs = [
    night(5),
    night(1),
    night(4, ({ run }) => (run.status = 'interrupted')),
    night(3, ({ run }) => (run.machine.fingerprint = 'another')),
    night(2),
    night(8),
  ];
  assert.deepEqual(ids(rollingBaseline(runs, night(6), plain)), ['night-1', 'night-2', 'night-5']);
  assert.deepEqual(ids(rollingBaseline(runs, night(6), { ...plain, last: 2 })), ['night-2', 'night-5']);
});

test('the run itself, and runs without a common cell, are no base', () => {
  const other = night(1, ({ rows }) => rows.forEach((row) => (row.model = 'other')));
  assert.deepEqual(rollingBaseline([other, night(2)], night(2), plain), []);
});

test('with several machines allowed, own runs come first, then those of the newest machine', () => {
  const theirs = (day: number): Summary => night(day, ({ run }) => (run.machine.fingerprint = 'another'));
  const mine = rollingBaseline([night(1), theirs(2)], night(6), { ...plain, allowMixed: true });
  assert.deepEqual(ids(mine), ['night-1']);
  const third = night(1, ({ run }) => (run.machine.fingerprint = 'a third'));
  const runs = [third, theirs(2), theirs(3)];
  assert.deepEqual(ids(rollingBaseline(runs, night(6), { ...plain, allowMixed: true })), [
    'night-2',
    'night-3',
  ]);
});
