// Candidates measured again in real processes, whose calls are then given the times of a quiet machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidateGroups, confirmed } from '../../src/compare/confirmation.ts';
import { exactDifferences } from '../../src/compare/exact.ts';
import { compareSummaries, type CompareOptions } from '../../src/compare/gate.ts';
import { readGateRules } from '../../src/compare/rules.ts';
import { cellKey } from '../../src/core/keys.ts';
import type { Summary } from '../../src/core/schema/summary.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { confirmRun } from '../../src/run/confirm.ts';
import { retimedLaunch } from '../fixtures/scriptedLaunch.ts';
import { machine } from '../fixtures/summary.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';

const never = new AbortController().signal;
const options: CompareOptions = { allowMixed: false, rules: readGateRules() };

test('real processes take back a flake and confirm a true regression', async () => {
  const run = tinyRun({ methods: ['ltp', 'topk'], seqLens: [160] });
  const effort = { interval: null, costs: 'none', blocks: 5, timeBudgetSeconds: 10 } as const;
  const plan = { ...run.plan, ...effort, scenarios: [] };
  const { summary: truth } = await benchRun({ ...run, plan, signal: never, launch: retimedLaunch('truth') });
  // topk was 5 % faster in the base: a true regression. ltp was 5 % slower on this night: a flake.
  const [base, next] = [scaled(truth, 'topk', 1.05), scaled(truth, 'ltp', 0.95)];
  const comparison = compareSummaries([base], next, options);
  const fresh = await confirmRun({
    ...{ path: run.folder.dir, next, groups: candidateGroups(comparison), blocks: null, machine },
    ...{ gitCommit: null, sourcesOf: () => run.sources, signal: never, launch: retimedLaunch('fresh') },
  });
  assert.ok(fresh.outcome === 'measured', JSON.stringify(fresh));
  for (const row of fresh.summary.rows) {
    const before = truth.rows.find((one) => cellKey(one) === cellKey(row));
    assert.ok(
      before?.nodeCounts && before.logitsDigest && before.inputsDigest && before.accuracy?.predictionsDigest,
    );
    assert.deepEqual(exactDifferences(before, row, 'same machine', options.rules.acrossMachines), []);
  }
  const after = confirmed(comparison, [base], next, fresh, options);
  const verdictOf = (id: string): string | undefined =>
    after.cells.find(({ cell }) => cell.endsWith(`.${id}`))?.timings[0]?.verdict;
  assert.equal(verdictOf('topk:x2'), 'regression', JSON.stringify(after.cells));
  assert.equal(verdictOf('ltp:x2'), 'not confirmed', JSON.stringify(after.cells));
  assert.equal(after.tripped, true);
});

function scaled(summary: Summary, method: string, factor: number): Summary {
  const rows = summary.rows.map((row) =>
    row.method === method ? { ...row, blockSpeedups: row.blockSpeedups.map((ratio) => ratio * factor) } : row,
  );
  return { ...summary, rows };
}
