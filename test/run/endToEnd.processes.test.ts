// The whole way of a run through real worker processes, on the tiny zoo.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupKey, variantKey } from '../../src/core/keys.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';

const never = new AbortController().signal;

test('a run gives a row for every cell, with speed, FLOPs, kept tokens and accuracy', async () => {
  const tiny = tinyRun();
  const { summary, failed, interrupted } = await benchRun({ ...tiny, signal: never });
  assert.equal(failed, false, JSON.stringify(summary.rows.map(({ status, reason }) => [status, reason])));
  assert.equal(interrupted, false);
  assert.deepEqual(summarySchema.parse(JSON.parse(readFileSync(tiny.folder.summaryPath, 'utf8'))), summary);
  assert.deepEqual(summary.rows.map(variantKey), [
    ...['dense-padded', 'dense', 'ltp:x2', 'threshold:x2', 'topk:x2', 'transkimmer:x2'],
  ]);
  for (const row of summary.rows) {
    assert.equal(row.status, 'ok');
    assert.ok(row.latencyMs && row.latencyMs.n >= 8 && row.latencyMs.p50 > 0);
    assert.ok(row.flops && row.flops.ratioVsDense > 0.5);
    assert.ok(Math.abs((row.flops.executedPerSequence ?? NaN) / row.flops.profiledPerSequence - 1) < 0.005);
    assert.equal(row.blockMedianMs.length, 2);
    assert.equal(row.keptTokens?.length, 3);
    assert.equal(row.accuracy?.n, 12);
    assert.ok(!row.doubts.some(({ code }) => /mismatch/.test(code)), JSON.stringify(row.doubts));
    assert.ok(row.meanInputTokens && row.meanInputTokens > 100 && row.meanInputTokens <= 160);
  }
  assert.ok(summary.noiseFloor && summary.noiseFloor.groups.length === 1);
  assert.equal(tiny.folder.readRun().status, 'complete');
});

test('an interrupted run keeps its blocks, and resuming makes only the rest and what is corrupt', async () => {
  const tiny = tinyRun({ methods: ['dense', 'ltp'], seqLens: [160, 192] });
  const controller = new AbortController();
  const [group] = tiny.plan.groups;
  assert.ok(group);
  const blocks = join(tiny.folder.dir, 'blocks', groupKey(group.group));
  const watch = setInterval(() => {
    if (existsSync(join(blocks, 'profile-0.json'))) controller.abort();
  }, 20);
  const first = await benchRun({ ...tiny, signal: controller.signal });
  clearInterval(watch);
  assert.equal(first.interrupted, true);
  assert.equal(tiny.folder.readRun().status, 'interrupted');
  const statuses = first.summary.rows.map(({ seqLen, status }) => `${seqLen} ${status}`);
  assert.ok(statuses.includes('160 ok') && statuses.includes('192 skipped'), statuses.join());

  const kept = readFileSync(join(blocks, 'time-0.json'), 'utf8');
  writeFileSync(join(blocks, 'profile-0.json'), '{"schemaVersion": 1, "kind": "prof');
  const folder = RunFolder.open(tiny.outDir, tiny.run.id);
  const second = await benchRun({ ...tiny, folder, signal: never });
  assert.equal(second.failed, false);
  assert.deepEqual(new Set(second.summary.rows.map(({ status }) => status)), new Set(['ok']));
  assert.equal(
    readFileSync(join(blocks, 'time-0.json'), 'utf8'),
    kept,
    'a finished block was measured again',
  );
  assert.ok(readdirSync(blocks).includes('profile-0.json.corrupt-1'));
  assert.equal(folder.readRun().status, 'complete');
});
