// Merging by literal blocks: what comes out, and what is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { groupKey } from '../../src/core/keys.ts';
import type { Block } from '../../src/core/schema/block.ts';
import type { Group } from '../../src/core/schema/group.ts';
import type { Run } from '../../src/core/schema/run.ts';
import { makePlan, type Plan } from '../../src/plan/plan.ts';
import { shardOf } from '../../src/plan/shard.ts';
import { accuracyGroup } from '../../src/plan/steps.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { blocksOf, mergeParts } from '../../src/run/merge.ts';
import { readPart, type MergeOptions } from '../../src/run/mergePart.ts';
import { summarise } from '../../src/rows/summary.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { lockRun } from '../../src/store/runLock.ts';
import {
  accuracyBlock,
  failedBlock,
  profileBlock,
  profiledVariant,
  timeBlock,
  timedVariant,
} from '../fixtures/blocks.ts';
import { refuses } from '../fixtures/refuses.ts';
import { machine } from '../fixtures/summary.ts';
import { runRecord } from '../fixtures/tinyRun.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const PLAN: Plan = makePlan(
  {
    ...{ suite: loadSuite('quick'), effort: { blocks: 3 }, task: 'reviews', dataDir: null },
    ...{ accuracyThreads: 1, seed: 0 },
    axes: { methods: ['dense', 'ltp'], seqLens: [16, 32, 64], batchSizes: [1, 8] },
  },
  [{ name: 'small', origin: 'shipped' as const, maxPositions: 512, points: [{ name: 'x2', method: 'ltp' }] }],
);
const STRICT: MergeOptions = { allowMixed: false, partial: false };
const IDS = ['dense-padded', 'dense', 'dense@again', 'ltp:x2'];

/** Blocks of one group with numbers of its own, so that a mixed-up group would show. */
function blocksFor(group: Group): Block[] {
  const scale = group.seqLen * group.batch;
  const times = [0, 1, 2].map((block) => {
    const variants = IDS.map((id, place) =>
      timedVariant(id, [[scale + place + block / 7], [scale + place], [scale + place + 0.3]]),
    );
    return timeBlock(block, variants, { group, definition: groupKey(group) });
  });
  const profile = {
    ...profileBlock(['dense-padded', 'dense', 'ltp:x2'].map((id) => profiledVariant(id, scale))),
    group,
  };
  const predictions = ['dense-padded', 'dense', 'ltp:x2'].map((id) => ({
    id,
    predictions: [1, 0, 1, id === 'dense' ? 0 : 1],
  }));
  const accuracy = { ...accuracyBlock([1, 0, 1, 0], predictions), group: accuracyGroup(group, 1) };
  return [...times, profile, accuracy];
}

function write(out: string, id: string, plan: Plan, changes: Partial<Run> = {}): RunFolder {
  const folder = RunFolder.named(out, id);
  const seen = new Set<string>();
  for (const block of plan.groups.flatMap(({ group }) => blocksFor(group))) {
    const key = JSON.stringify([block.group, block.kind, 'block' in block ? block.block : 0]);
    if (!seen.has(key)) folder.writeBlock(block);
    seen.add(key);
  }
  folder.beginRun({
    ...runRecord(id, plan),
    status: 'complete',
    finishedAt: '2026-01-01T01:00:00.000Z',
    ...changes,
  });
  return folder;
}

function scene(count: number): { out: string; parts: RunFolder[] } {
  const out = mkdtempSync(join(tmpdir(), 'merge-'));
  const parts = Array.from({ length: count }, (_, index) => {
    const shard = { index: index + 1, count };
    return write(out, `part-${index}`, shardOf(PLAN, shard), { shard });
  });
  return { out, parts };
}

const joined = (folders: readonly RunFolder[], options = STRICT): ReturnType<typeof mergeParts> =>
  mergeParts(
    folders.map((folder) => readPart(folder, options)),
    options,
    'npm run merge',
  );

const rowsOf = (run: Run, plan: Plan, blocks: readonly Block[]): string =>
  JSON.stringify(summarise(run, plan, new Map(), blocks).rows);

function contents(folder: RunFolder): string[] {
  return readdirSync(folder.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

test('the rows of a merged run are, byte for byte, those of the whole run with the same blocks', () => {
  const whole = write(mkdtempSync(join(tmpdir(), 'whole-')), 'whole', PLAN);
  const expected = rowsOf(whole.readRun(), PLAN, whole.readBlocks().blocks);
  for (const count of [1, 2, 3, 6, 9]) {
    const { parts } = scene(count);
    const merged = joined(parts);
    assert.deepEqual(merged.plan, PLAN);
    assert.equal(rowsOf(merged.run, merged.plan, blocksOf(merged)), expected);
    assert.equal(merged.run.status, 'complete');
    assert.equal(merged.run.shard, null);
    assert.deepEqual(merged.run.doubts, []);
    assert.equal(merged.run.machines, undefined);
  }
});

const labelling = (model: string) => ({ model, task: 'mine', found: 'exact' as const, outputs: [] });

test('order and repetition of the parts do not matter, and nothing of theirs is changed', () => {
  const { parts } = scene(3);
  parts.forEach((part, index) => part.writeRun({ ...part.readRun(), labels: [labelling(`m${index}`)] }));
  const before = parts.map(contents);
  const merged = joined(parts);
  assert.deepEqual(joined([...parts].reverse()), merged);
  assert.deepEqual(joined([...parts, parts[0]!]), merged);
  assert.deepEqual(parts.map(contents), before);
  assert.deepEqual([merged.run.mergedFrom, merged.run.labels?.length], [['part-0', 'part-1', 'part-2'], 3]);
});

test('what is missing is named, and accepted with --partial', () => {
  const { parts } = scene(3);
  const two = parts.slice(0, 2);
  refuses(() => joined(two), /the plan is not complete: shard 3 of 3, \d of 6 groups .*--partial/);
  const merged = joined(two, { ...STRICT, partial: true });
  assert.equal(merged.run.status, 'interrupted');
  assert.match(
    merged.run.doubts.map(({ code, message }) => `${code}: ${message}`).join(),
    /missing-parts: .*shard 3 of 3/,
  );
  assert.ok(merged.plan.whole?.length === 6 && merged.plan.groups.length < 6);
});

test('a partial merge and the rest are the whole', () => {
  const { out, parts } = scene(3);
  const half = joined(parts.slice(0, 2), { ...STRICT, partial: true });
  const folder = RunFolder.named(out, half.run.id);
  folder.replaceBlocks(half.blocks);
  folder.writeRun(half.run);
  const { run, plan, blocks } = joined([folder, parts[2]!], { ...STRICT, partial: true });
  const direct = joined(parts);
  assert.deepEqual(plan, direct.plan);
  assert.equal(
    rowsOf(
      run,
      plan,
      blocks.map(({ block }) => block),
    ),
    rowsOf(run, plan, blocksOf(direct)),
  );
  assert.deepEqual(run.mergedFrom, direct.run.mergedFrom);
});

test('parts that are not finished are refused', () => {
  const { parts } = scene(2);
  const [one, two] = [parts[0]!, parts[1]!];
  two.writeRun({ ...two.readRun(), status: 'interrupted' });
  refuses(() => joined(parts), /run part-1 is not finished: interrupted \(resume it, or --partial/);
  assert.equal(joined(parts, { ...STRICT, partial: true }).run.status, 'interrupted');
  const lock = lockRun(one.dir);
  refuses(() => joined(parts), /run part-0 is in use by process \d+ on /);
  lock.release();
});

test('a damaged block is refused and left where it is', () => {
  const { parts } = scene(2);
  const [path] = parts[1]!.scan().stored.map((stored) => stored.path);
  writeFileSync(path!, '{"schemaVersion": 1');
  refuses(() => joined(parts), /block .* is not valid JSON.*--resume .* measures it anew/);
  assert.equal(readFileSync(path!, 'utf8'), '{"schemaVersion": 1');
});

test('parts of different plans, shard numbers, code, models or record versions are refused', () => {
  const { out, parts } = scene(2);
  const [one, two] = [parts[0]!, parts[1]!];
  const run = two.readRun();
  const cases: [Partial<Run>, RegExp][] = [
    [
      { plan: shardOf({ ...PLAN, seed: 7 }, { index: 2, count: 2 }) },
      /part-0 and part-1 have different plans/,
    ],
    [{ shard: { index: 2, count: 4 } }, /are shards of 2 and of 4/],
    [{ ingredients: { code: 'b', 'model small': 'm' } }, /were measured with different code/],
    [{ ingredients: { code: 'a', 'model small': 'n' } }, /were measured with different model small/],
  ];
  one.writeRun({ ...one.readRun(), ingredients: { code: 'a', 'model small': 'm' } });
  for (const [changes, line] of cases) {
    two.writeRun({ ...run, ...changes });
    refuses(() => joined(parts), line);
  }
  writeFileSync(join(two.dir, 'run.json'), JSON.stringify({ ...run, schemaVersion: 2 }));
  refuses(() => joined(parts), /run .*run\.json: schemaVersion/);
  assert.ok(out);
});

test('one group measured twice is refused', () => {
  const { out, parts } = scene(2);
  const again = write(out, 'again', shardOf(PLAN, { index: 2, count: 2 }), { shard: { index: 2, count: 2 } });
  joined([...parts, again]); // the same bytes: the same measurement, copied
  const block = again.readBlocks().blocks.find(({ kind }) => kind === 'time')!;
  again.writeBlock({ ...block, wallMs: 2 });
  refuses(
    () => joined([...parts, again]),
    /group .* was measured twice, by again and part-1, with different results/,
  );
  const [time] = parts[0]!.readBlocks().blocks.filter(({ kind }) => kind === 'time');
  parts[0]!.writeBlock({ ...time!, definition: 'other' });
  refuses(
    () => joined(parts),
    /run part-0: the blocks of .* are of different definitions \(resume that run\)/,
  );
});

test('an accuracy block that two parts share must say the same in both', () => {
  const out = mkdtempSync(join(tmpdir(), 'merge-'));
  const [low, high] = [PLAN.groups.slice(0, 3), PLAN.groups.slice(3)];
  const shards = [low, high].map((groups, index) =>
    write(
      out,
      `part-${index}`,
      { ...PLAN, groups, whole: PLAN.groups },
      { shard: { index: index + 1, count: 2 } },
    ),
  );
  const shared = high
    .map(({ group }) => accuracyGroup(group, 1))
    .find((group) => low.some((planned) => groupKey(accuracyGroup(planned.group, 1)) === groupKey(group)));
  assert.ok(shared);
  const own = shards[1]!
    .readBlocks()
    .blocks.find((block) => block.kind === 'accuracy' && groupKey(block.group) === groupKey(shared));
  assert.ok(own?.kind === 'accuracy');
  shards[1]!.writeBlock({ ...own, startedAt: '2026-01-02T00:00:00.000Z', wallMs: 9 });
  shards[0]!.writeBlock(failedBlock({ of: 'accuracy', group: shared, phase: 'crash', reason: 'once' }));
  const merged = joined(shards);
  assert.equal(merged.blocks.filter(({ block }) => block.kind === 'accuracy').length, 3);
  assert.equal(
    merged.blocks.some(({ block }) => block.kind === 'failed'),
    false,
    'the other part succeeded',
  );
  shards[1]!.writeBlock({ ...own, labels: [1, 1, 1, 1] });
  refuses(() => joined(shards), /block .*accuracy-0\.json differs between part-0 and part-1/);
});

test('different machines are refused unless asked for, and then a doubt', () => {
  const { parts } = scene(2);
  const other = { ...machine, fingerprint: 'another', label: 'Other box' };
  const run = parts[1]!.readRun();
  const plan = { ...(run.plan as Plan), accuracyThreads: 4 };
  for (const { block } of parts[1]!.scan().stored) {
    if (block.kind !== 'accuracy') continue;
    parts[1]!.writeBlock({ ...block, group: { ...block.group, threads: 4 } });
  }
  parts[1]!.writeRun({ ...run, machine: other, plan });
  refuses(
    () => joined(parts),
    /part-0 and part-1 are of different machines: .* and Other box \(--allow-mixed/,
  );
  const mixed = joined(parts, { ...STRICT, allowMixed: true });
  assert.deepEqual(
    mixed.run.machines?.map(({ fingerprint }) => fingerprint),
    [machine.fingerprint, 'another'],
  );
  assert.equal(mixed.run.machine.fingerprint, machine.fingerprint);
  assert.deepEqual(
    mixed.run.doubts.map(({ code }) => code),
    ['mixed-machines'],
  );
  const { rows } = summarise(mixed.run, mixed.plan, new Map(), blocksOf(mixed));
  assert.ok(rows.every(({ accuracy, status }) => status === 'ok' && accuracy?.n === 4));
});

function command(...args: string[]): { code: number | null; stderr: string; stdout: string } {
  const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN, 'merge', ...args], {
    encoding: 'utf8',
  });
  return { code: status, stderr, stdout };
}

test('the command writes the run, its summary and its report, twice the same', () => {
  const { out, parts } = scene(2);
  const args = ['part-0', parts[1]!.dir, '--out', out];
  const first = command(...args);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /ltp:x2/);
  const id = joined(parts).run.id;
  const folder = RunFolder.open(out, id);
  const written = contents(folder);
  assert.deepEqual(readdirSync(folder.dir).sort(), ['blocks', 'report', 'run.json', 'summary.json']);
  assert.equal(command(...args, '--no-report').code, 0);
  assert.deepEqual(contents(folder), written);
  const cases: [string[], RegExp][] = [
    [[id, '--out', out], /is merged already/],
    [[], /merge needs the runs of all parts/],
    [['nope', '--out', out], /no run "nope"/],
    [['part-1', '--out', out], /the plan is not complete: shard 1 of 2/],
  ];
  for (const [wrong, line] of cases) {
    const { code, stderr, stdout } = command(...wrong);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, line);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});
