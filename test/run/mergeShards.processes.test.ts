// Three shards as three processes at once into one results folder, merged, against the run of the whole plan.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cellKey } from '../../src/core/keys.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { startTiny } from '../fixtures/processes.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const summaryOf = (dir: string): Summary =>
  summarySchema.parse(JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')));

/** What does not depend on clocks, by cell. */
function facts({ rows }: Summary): Map<string, unknown> {
  return new Map(
    rows.map(({ status, flops, keptTokens, accuracy, blockMedianMs, ...row }) => [
      cellKey(row),
      { status, flops, keptTokens, accuracy, blocks: blockMedianMs.length },
    ]),
  );
}

test('three shards as processes of their own, merged, are the run of the whole plan', async () => {
  const [zoo, out] = [tinyZoo(), mkdtempSync(join(tmpdir(), 'shards-'))];
  const whole = startTiny(zoo, out, 'whole', '1/1');
  assert.equal(await whole.ended, 0, whole.errors());
  const shards = [1, 2, 3].map((index) => startTiny(zoo, out, `part-${index}`, `${index}/3`));
  for (const shard of shards) assert.equal(await shard.ended, 0, shard.errors());
  const merged = spawnSync(
    process.execPath,
    [MAIN, 'merge', '--out', out, '--no-report', 'part-1', 'part-2', 'part-3'],
    { encoding: 'utf8' },
  );
  assert.equal(merged.status, 0, merged.stderr);
  const dir = /^run \S+: (.*)$/m.exec(merged.stderr)?.[1] ?? '';
  const summary = summaryOf(dir);
  assert.equal(summary.run.status, 'complete');
  assert.equal(summary.rows.length, 9);
  assert.deepEqual(facts(summary), facts(summaryOf(join(out, 'whole'))));
  assert.deepEqual(summary.rows.map(cellKey), summaryOf(join(out, 'whole')).rows.map(cellKey));
});
