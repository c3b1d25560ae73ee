// The runs in results/reference: their stored blocks give the summary that is stored beside them, with no model, text or
// ONNX Runtime at hand. A statistic that is changed on purpose makes new ones of the same blocks:
//   npm run peers -- --run results/reference/RUN --refresh
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJson } from '../../src/core/atomicFile.ts';
import { repoRoot } from '../../src/core/root.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { planSchema } from '../../src/plan/plan.ts';
import { summarise } from '../../src/rows/summary.ts';
import { RunFolder } from '../../src/store/runFolder.ts';

const RECORDED = join(repoRoot(), 'results', 'reference');
const TOLERANCE = 1e-12;

/** Where two records differ, numbers by more than rounding. */
function differences(one: unknown, other: unknown, place = ''): string[] {
  if (typeof one === 'number' && typeof other === 'number') {
    const scale = Math.max(1, Math.abs(one), Math.abs(other));
    return Math.abs(one - other) <= TOLERANCE * scale ? [] : [`${place}: ${one} became ${other}`];
  }
  if (!isRecord(one) || !isRecord(other))
    return one === other ? [] : [`${place}: ${JSON.stringify(one)} became ${JSON.stringify(other)}`];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differences(one[key], other[key], `${place}/${key}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

for (const id of readdirSync(RECORDED)) {
  test(`the blocks of recorded run ${id} give the summary that it was recorded with`, () => {
    const folder = RunFolder.open(RECORDED, id);
    const { stored, damaged } = folder.scan();
    assert.deepEqual(damaged, []);
    const run = folder.readRun();
    const blocks = stored.map(({ block }) => block);
    const obstacles = new Map(Object.entries(run.obstacles ?? {}));
    const made = summarise(run, planSchema.parse(run.plan), obstacles, blocks);
    const recorded = readJson(join(folder.dir, 'summary.json'), summarySchema, 'summary');
    assert.ok(recorded.rows.length >= 24);
    assert.deepEqual(differences(recorded, made), []);
  });
}

test('a profile block of a recorded run holds what its FLOPs are worked out from, text by text', () => {
  for (const id of readdirSync(RECORDED)) {
    const blocks = RunFolder.open(RECORDED, id)
      .scan()
      .stored.map(({ block }) => block);
    const profiles = blocks.filter((block) => block.kind === 'profile');
    assert.ok(profiles.length >= 4);
    for (const { group, lengths, variants } of profiles) {
      assert.ok(lengths.every((batch) => batch.length === group.batch));
      for (const { id: variant, flopsModel, kept } of variants) {
        assert.ok(flopsModel !== null, variant);
        assert.ok(kept.every((batch) => batch.length === flopsModel.layers));
      }
    }
  }
});
