// Costs through real worker processes, on the tiny zoo.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupKey, variantKey } from '../../src/core/keys.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { pageOf, tableOf } from '../fixtures/report.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';

const never = new AbortController().signal;
const MEBIBYTE = 2 ** 20;

test('every variant gets a process of its own for what it costs, apart from its latency', async () => {
  const tiny = tinyRun({ methods: ['dense', 'ltp'] });
  const plan = { ...tiny.plan, blocks: 1, timeBudgetSeconds: 10, costs: 'all' } as const;
  const { summary, failed } = await benchRun({ ...tiny, plan, signal: never });
  assert.equal(failed, false, JSON.stringify(summary.rows.map(({ status, reason }) => [status, reason])));
  const [group] = plan.groups;
  const files = readdirSync(join(tiny.folder.dir, 'blocks', groupKey(group?.group ?? assert.fail())));
  const costFiles = files.filter((file) => file.startsWith('cost'));
  assert.deepEqual(costFiles, ['cost-0.json', 'cost-1.json', 'cost-2.json']);
  assert.deepEqual(summary.rows.map(variantKey), ['dense-padded', 'dense', 'ltp:x2']);
  for (const { costs, latencyMs } of summary.rows) {
    assert.ok(costs && latencyMs);
    assert.ok(costs.loadMs > 0 && costs.firstRunMs > 0);
    assert.ok(costs.newShapeRunMs !== null && costs.newShapeRunMs > 0, 'documents differ in length');
    assert.ok(costs.peakRssBytes > 30 * MEBIBYTE && costs.addedRssBytes < costs.peakRssBytes);
    assert.ok((costs.energyPerSequenceJoules === null) === (costs.energyReason !== null));
    if (costs.energyReason !== null) assert.match(costs.energyReason, /^not available: /);
  }
  const { harness } = summary;
  assert.ok(harness && harness.perCallUs > 0 && harness.perCallUs < 50_000);
  assert.ok(harness.timedShare > 0 && harness.timedShare < 1);
  assert.ok((harness.seconds['memory and loading'] ?? 0) > 3, 'three processes of a second each');
  const text = tableOf(summary);
  assert.match(text, /Each cost was measured in a process of its own/);
  assert.match(text, /Harness: /);
  assert.match(pageOf(summary), /id="costs"/);
});
