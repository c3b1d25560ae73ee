import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison } from '../../src/compare/comparison.ts';
import { compareSummaries } from '../../src/compare/gate.ts';
import { readGateRules } from '../../src/compare/rules.ts';
import { judgeChange } from '../../src/compare/timings.ts';
import { BenchError } from '../../src/core/errors.ts';
import type { Summary } from '../../src/core/schema/summary.ts';
import { comparisonText } from '../fixtures/report.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const LTP = 'minilm-l6.reviews.full.cpu.fp32.t1.b8.s128.ltp:x2';

const rules = readGateRules();

function compare(change: (summary: Summary) => void, allowMixed = false): Comparison {
  const next = fixtureSummary();
  next.run.id = 'next-run';
  change(next);
  return compareSummaries([fixtureSummary()], next, { allowMixed, rules });
}

function row(summary: Summary): Summary['rows'][number] {
  return summary.rows.find(({ method, seqLen, batch }) => method === 'ltp' && seqLen === 128 && batch === 8)!;
}

test('a candidate needs both significance over the sweep and an effect beyond the threshold', () => {
  assert.equal(judgeChange(0.9, 0.01, 0.015, 0.05), 'candidate');
  assert.equal(judgeChange(0.9, 0.2, 0.015, 0.05), 'no change shown');
  assert.equal(judgeChange(0.99, 0.0001, 0.015, 0.05), 'no change shown');
  assert.equal(judgeChange(1.1, 0.01, 0.015, 0.05), 'improvement');
});

test('a run against itself does not trip the gate', () => {
  const comparison = compare(() => undefined);
  assert.equal(comparison.tripped, false);
  assert.equal(comparison.cells.length, 24);
  assert.match(comparisonText(comparison), /no regression shown/);
});

test('a lost speed-up trips the gate, in that cell only', () => {
  const comparison = compare((next) => {
    row(next).blockSpeedups = row(next).blockSpeedups.map((ratio) => ratio * 0.8);
  });
  assert.equal(comparison.tripped, true);
  const worse = comparison.cells.filter(({ timings }) =>
    timings.some(({ verdict }) => verdict === 'candidate'),
  );
  assert.deepEqual(
    worse.map(({ cell }) => cell),
    [LTP],
  );
  assert.match(comparisonText(comparison), /speed-up vs dense 0\.800 \[/);
});

test('the speed of dense is gated, in wide bounds against a single run; that of the others follows from it', () => {
  const verdicts = (factor: number): string[] =>
    compare((next) => {
      for (const one of next.rows) one.blockMedianMs = one.blockMedianMs.map((ms) => ms * factor);
    }).cells.flatMap(({ timings }) => timings.map(({ quantity, verdict }) => `${quantity}: ${verdict}`));
  const speeds = (factor: number): Set<string> =>
    new Set(verdicts(factor).filter((text) => text.startsWith('speed of dense')));
  assert.deepEqual([...speeds(1.6)], ['speed of dense (1 / p50): candidate']);
  assert.deepEqual([...speeds(1.05)], ['speed of dense (1 / p50): no change shown']);
  assert.deepEqual([...speeds(0.6)], ['speed of dense (1 / p50): improvement']);
  assert.ok(
    verdicts(1.6)
      .filter((text) => text.startsWith('speed-up'))
      .every((text) => text.endsWith('no change shown')),
  );
});

test('the noise floor of the group is the threshold where it is more than what matters', () => {
  const thresholds = new Map(
    compare(() => undefined).cells.map(({ cell, timings }) => [cell, timings[0]?.threshold]),
  );
  assert.equal(thresholds.get(LTP), rules.threshold);
  assert.equal(thresholds.get('minilm-l6.reviews.full.cpu.fp32.t1.b1.s32.ltp:x2'), 0.031);
});

test('beside each claim stands the smallest slow-down that would have been found', () => {
  const next =
    (factor: number) =>
    (summary: Summary): void => {
      row(summary).blockSpeedups = row(summary).blockSpeedups.map((ratio) => ratio * factor);
    };
  const found = compare(next(1)).cells.find(({ cell }) => cell === LTP)?.timings[0]?.detectable;
  assert.ok(found !== undefined && found !== null && found > rules.threshold && found < 0.1, String(found));
  const verdictAt = (slowDown: number): string | undefined =>
    compare(next(1 - slowDown)).cells.find(({ cell }) => cell === LTP)?.timings[0]?.verdict;
  assert.equal(verdictAt(found), 'candidate');
  assert.equal(verdictAt(found / 3), 'no change shown');
});

test('runs of several nights are one baseline, and the deterministic tier looks at the latest', () => {
  const nights = [1, 2, 3].map((night) => {
    const summary = fixtureSummary();
    summary.run.id = `night-${night}`;
    row(summary).flops!.perSequence += night === 1 ? 2 : 0;
    return summary;
  });
  const comparison = compareSummaries(nights, fixtureSummary(), { allowMixed: false, rules });
  assert.deepEqual(comparison.base, ['night-1', 'night-2', 'night-3']);
  assert.equal(comparison.tripped, false);
  assert.match(comparisonText(comparison), /Base 3 runs, night-1 to night-3/);
});

test('nights with other inputs are left out of a cell, and the change of inputs is noted', () => {
  const nights = [5, 1, 1].map((pace, index) => {
    const summary = fixtureSummary();
    summary.run.id = `night-${index}`;
    row(summary).inputsDigest = index === 0 ? 'others' : 'these';
    row(summary).blockSpeedups = row(summary).blockSpeedups.map((ratio) => ratio * pace);
    return summary;
  });
  const next = fixtureSummary();
  row(next).inputsDigest = 'these';
  assert.equal(compareSummaries(nights, next, { allowMixed: false, rules }).tripped, false);
  row(next).inputsDigest = 'third';
  const { notes } = compareSummaries(nights, next, { allowMixed: false, rules });
  assert.match(notes.join(), /inputs differ in 1 of 24 cells \(minilm-l6.*ltp:x2\)/);
});

test('FLOPs, kept tokens and accuracy must be equal exactly', () => {
  const comparison = compare((next) => {
    const changed = row(next);
    changed.flops!.perSequence += 2;
    changed.keptTokens![3]! += 0.01;
    changed.accuracy!.value += 1 / 640;
  });
  const exact = comparison.cells.find(({ cell }) => cell === LTP)?.exact.map(({ quantity }) => quantity);
  assert.deepEqual(exact, ['FLOPs per sequence', 'kept tokens by layer', 'accuracy']);
  assert.equal(comparison.tripped, true);
});

test('a row that was fine and fails trips the gate; one that failed in both does not', () => {
  const comparison = compare((next) => {
    row(next).status = 'failed';
    row(next).reason = 'crash';
  });
  assert.equal(comparison.tripped, true);
  assert.match(comparisonText(comparison), /was ok, is failed: crash/);
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
    () => compareSummaries([fixtureSummary()], next, { allowMixed: false, rules }),
    (thrown: unknown) => thrown instanceof BenchError && thrown.line.includes('--allow-mixed'),
  );
  const comparison = compareSummaries([fixtureSummary()], next, { allowMixed: true, rules });
  assert.equal(comparison.mixed, true);
  assert.equal(comparison.tripped, false);
  const quantities = new Set(
    comparison.cells.flatMap(({ timings }) => timings.map(({ quantity }) => quantity)),
  );
  assert.deepEqual([...quantities], ['speed-up vs dense']);
});
