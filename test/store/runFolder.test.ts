import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupKey } from '../../src/core/keys.ts';
import { newRunId, RunFolder } from '../../src/store/runFolder.ts';
import { blockFile } from '../../src/store/blockNames.ts';
import { failedBlock, GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';
import { refuses } from '../fixtures/refuses.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'store-'));
const blocksOf = (folder: RunFolder): string => join(folder.dir, 'blocks', groupKey(GROUP));
const block = timeBlock(1, [timedVariant('dense', [[1, 2]])]);

test('a block is stored whole under its group and comes back equal', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  assert.deepEqual(readdirSync(blocksOf(folder)), ['time-1.json']);
  assert.deepEqual(folder.readBlocks(), { blocks: [block], complaints: [] });
});

test('a half-written file of a killed process is no block', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  writeFileSync(join(blocksOf(folder), '.time-2.json.abc.tmp'), '{"schemaVersion"');
  assert.deepEqual(folder.readBlocks(), { blocks: [block], complaints: [] });
});

test('a corrupt block is told in one line and kept aside', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  for (const text of ['{"schemaVersion": 1', '{"schemaVersion": 1, "kind": "time"}', '']) {
    writeFileSync(join(blocksOf(folder), 'time-0.json'), text);
    const { blocks, complaints } = folder.readBlocks();
    assert.deepEqual(blocks, [block]);
    assert.equal(complaints.length, 1);
    assert.match(
      complaints[0] ?? '',
      /^block .*time-0\.json.*set aside as .*corrupt-\d, will be measured anew$/,
    );
  }
  assert.equal(readdirSync(blocksOf(folder)).filter((file) => file.includes('corrupt')).length, 3);
});

test('failures have files of their own and are forgotten when the block is made again', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(failedBlock({ block: 1, variants: ['ltp:x2'] }));
  folder.writeBlock(failedBlock({ block: 1 }));
  folder.writeBlock(failedBlock({ block: 2 }));
  assert.deepEqual(readdirSync(blocksOf(folder)).sort(), [
    'time-1.failed.json',
    'time-1.failed.ltp-x2.json',
    'time-2.failed.json',
  ]);
  folder.clearFailures(GROUP, { kind: 'time', block: 1 });
  assert.deepEqual(readdirSync(blocksOf(folder)), ['time-2.failed.json']);
});

test('variant names cannot leave the folder', () => {
  assert.equal(blockFile(failedBlock({ variants: ['a/../b'] })), 'time-0.failed.a-..-b.json');
});

test('a block of another definition is put out of sight', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  folder.retire(block);
  assert.deepEqual(folder.readBlocks().blocks, []);
  assert.deepEqual(readdirSync(blocksOf(folder)), ['time-1.json.stale-1']);
});

test('two runs of one second get folders of their own', () => {
  const out = join(fresh(), 'deep', 'results');
  const now = new Date('2026-11-22T03:54:12Z');
  const ids = [RunFolder.create(out, now).id, RunFolder.create(out, now).id];
  assert.notEqual(ids[0], ids[1]);
  for (const id of ids) assert.match(id, /^20261122-035412-[0-9a-f]{6}$/);
  assert.match(newRunId(now), /^20261122-035412-/);
});

test('a folder that cannot be written is refused at once', (context) => {
  const out = fresh();
  writeFileSync(join(out, 'file'), '');
  refuses(() => RunFolder.create(join(out, 'file')), /cannot write results to .* \(choose another --out\)/);
  if (existsSync('/proc/self'))
    refuses(() => RunFolder.create('/proc/x/results'), /cannot write results to \/proc\/x/);
  if (process.getuid?.() === 0) {
    context.diagnostic('root may write anywhere: the read-only folder is not tried');
    return;
  }
  mkdirSync(join(out, 'locked'));
  chmodSync(join(out, 'locked'), 0o500);
  refuses(() => RunFolder.create(join(out, 'locked')), /cannot write results/);
});

test('a run is found by id or by path', () => {
  const out = fresh();
  const { folder, id } = RunFolder.create(out);
  writeFileSync(join(folder.dir, 'run.json'), '{}');
  assert.equal(RunFolder.open(out, id).dir, folder.dir);
  assert.equal(RunFolder.open('/nowhere', folder.dir).dir, folder.dir);
  refuses(() => RunFolder.open(out, 'nope'), /no run "nope" under/);
  refuses(() => RunFolder.open(out, id).readRun(), /run .*run\.json: schemaVersion/);
  assert.ok(existsSync(out));
});
