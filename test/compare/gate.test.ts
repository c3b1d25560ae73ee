import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from '../../src/compare/change.ts';
import { compareSummaries, judgeChange, type Comparison } from '../../src/compare/gate.ts';
import { BenchError } from '../../src/core/errors.ts';
import type { Summary } from '../../src/core/schema.ts';
import { renderComparison } from '../../src/report/comparisonTable.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const LTP = 'minilm-l6.reviews.full.cpu.fp32.t1.b8.s128.ltp:x2';

function compare(change: (summary: Summary) => void, allowMixed = false): Comparison {
  const next = fixtureSummary();
  next.run.id = 'next-run';
  change(next);
  return compareSummaries(fixtureSummary(), next, { allowMixed });
}

function row(summary: Summary): Summary['rows'][number] {
  return summary.rows.find(({ method, seqLen, batch }) => method === 'ltp' && seqLen === 128 && batch === 8)!;
}

test('the change is the ratio of geometric means with Welch’s interval', () => {
  const change = changeOf([1, 1.02, 0.98], [2, 2.04, 1.96]);
  assert.ok(change);
  assert.ok(Math.abs(change.median - 2) < 1e-9);
  // Equal spreads of 3 and 3: 4 degrees of freedom, t = 2.776; sd of the logs 0.02000, error of the difference 0.01633.
  assert.ok(Math.abs(Math.log(change.high / change.median) - 2.7764 * 0.01633) < 2e-4);
});

test('one block on a side allows no interval and no verdict', () => {
  assert.equal(changeOf([1], [1, 2]), null);
  assert.equal(judgeChange(null, 0.03), 'not judged');
});

test('a regression needs both an interval below 1 and an effect beyond the threshold', () => {
  assert.equal(judgeChange({ median: 0.9, low: 0.85, high: 0.95 }, 0.03), 'regression');
  assert.equal(judgeChange({ median: 0.9, low: 0.8, high: 1.01 }, 0.03), 'no change shown');
  assert.equal(judgeChange({ median: 0.98, low: 0.975, high: 0.985 }, 0.03), 'no change shown');
  assert.equal(judgeChange({ median: 1.1, low: 1.05, high: 1.15 }, 0.03), 'improvement');
});

test('a run against itself does not trip the gate', () => {
  const comparison = compare(() => undefined);
  assert.equal(comparison.tripped, false);
  assert.equal(comparison.cells.length, 24);
  assert.match(renderComparison(comparison), /no regression shown/);
});

test('a lost speed-up trips the gate, in that cell only', () => {
  const comparison = compare((next) => {
    row(next).blockSpeedups = row(next).blockSpeedups.map((ratio) => ratio * 0.8);
  });
  assert.equal(comparison.tripped, true);
  const worse = comparison.cells.filter(({ timings }) =>
    timings.some(({ verdict }) => verdict === 'regression'),
  );
  assert.deepEqual(
    worse.map(({ cell }) => cell),
    [LTP],
  );
  assert.match(renderComparison(comparison), /speed-up vs dense 0\.800 \[/);
});

test('a longer median trips the gate, a shorter one is an improvement', () => {
  const verdictOf = (factor: number): string | undefined =>
    compare((next) => {
      row(next).blockMedianMs = row(next).blockMedianMs.map((ms) => ms * factor);
    })
      .cells.find(({ cell }) => cell === LTP)
      ?.timings.find(({ quantity }) => quantity === 'speed (1 / p50)')?.verdict;
  assert.equal(verdictOf(1.2), 'regression');
  assert.equal(verdictOf(0.8), 'improvement');
});

test('twice the noise floor is the threshold where it is more than 3 %', () => {
  const thresholds = new Map(compare(() => undefined).cells.map(({ cell, threshold }) => [cell, threshold]));
  assert.equal(thresholds.get(LTP), 0.03);
  assert.equal(thresholds.get('minilm-l6.reviews.full.cpu.fp32.t1.b1.s32.ltp:x2'), 0.062);
});

test('FLOPs, kept tokens and accuracy must be equal exactly', () => {
  const comparison = compare((next) => {
    const changed = row(next);
    changed.flops!.perSequence += 2;
    changed.keptTokens![3]! += 0.01;
    changed.accuracy!.value += 1 / 640;
  });
  const exact = comparison.cells.find(({ cell }) => cell === LTP)?.exact.map(({ quantity }) => quantity);
  assert.deepEqual(exact, ['FLOPs per sequence', 'accuracy', 'kept tokens by layer']);
  assert.equal(comparison.tripped, true);
});

test('a row that was fine and fails trips the gate; one that failed in both does not', () => {
  const comparison = compare((next) => {
    row(next).status = 'failed';
    row(next).reason = 'crash';
  });
  assert.equal(comparison.tripped, true);
  assert.match(renderComparison(comparison), /was ok, is failed: crash/);
});

test('cells of one run only are listed, not judged', () => {
  const comparison = compare((next) => {
    next.rows = next.rows.filter(({ method }) => method !== 'ltp');
  });
  assert.equal(comparison.onlyInBase.length, 4);
  assert.equal(comparison.tripped, false);
});

test('runs without a common cell are refused', () => {
  assert.throws(
    () => compare((next) => next.rows.forEach((one) => (one.model = 'other'))),
    /no cell in common/,
  );
});

test('different machines are refused unless allowed, and then only ratios are compared', () => {
  const other = (next: Summary): void => {
    next.run.machine.fingerprint = 'another';
    for (const one of next.rows) one.blockMedianMs = one.blockMedianMs.map((ms) => ms * 3);
  };
  const next = structuredClone(fixtureSummary());
  other(next);
  assert.throws(
    () => compareSummaries(fixtureSummary(), next, { allowMixed: false }),
    (thrown: unknown) => thrown instanceof BenchError && thrown.line.includes('--allow-mixed'),
  );
  const comparison = compareSummaries(fixtureSummary(), next, { allowMixed: true });
  assert.equal(comparison.mixed, true);
  assert.equal(comparison.tripped, false);
  const quantities = new Set(
    comparison.cells.flatMap(({ timings }) => timings.map(({ quantity }) => quantity)),
  );
  assert.deepEqual([...quantities], ['speed-up vs dense']);
});
