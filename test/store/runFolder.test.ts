import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupKey } from '../../src/core/keys.ts';
import { newRunId, RunFolder } from '../../src/store/runFolder.ts';
import { blockFile } from '../../src/store/blockNames.ts';
import {
  failedBlock,
  profileBlock,
  profiledVariant,
  GROUP,
  timeBlock,
  timedVariant,
} from '../fixtures/blocks.ts';
import { refuses } from '../fixtures/refuses.ts';
import { runRecord, tinyPlan } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

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

test('a profile block whose counts are not those of its texts is set aside', () => {
  const { folder } = RunFolder.create(fresh());
  const profile = profileBlock([profiledVariant('dense', 1000), profiledVariant('ltp:x2', 500)]);
  folder.writeBlock(profile);
  assert.deepEqual(folder.readBlocks(), { blocks: [profile], complaints: [] });
  const [batch = [], ...others] = profiledVariant('ltp:x2', 500).kept;
  const [first = [], ...layers] = batch;
  for (const kept of [others, [layers, ...others], [[first.slice(1), ...layers], ...others]]) {
    folder.writeBlock(profileBlock([profiledVariant('ltp:x2', 500, { kept })]));
    const { blocks, complaints } = folder.readBlocks();
    assert.deepEqual(blocks, []);
    assert.match(complaints[0] ?? '', /the counts of ltp:x2 are not one for each layer and sequence/);
  }
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

test('what is no block of this folder is set aside, wherever it comes from', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  const [own, root] = [blocksOf(folder), join(folder.dir, 'blocks')];
  const text = readFileSync(join(own, 'time-1.json'), 'utf8');
  writeFileSync(join(own, 'time-7.json'), text); // a copy under another number would count twice
  mkdirSync(join(root, 'another-group'));
  writeFileSync(join(root, 'another-group', 'time-1.json'), text);
  writeFileSync(join(own, 'time-2.json'), '');
  writeFileSync(join(own, 'time-3.json'), Buffer.from([0xff, 0x00, 0x7b]));
  writeFileSync(join(own, 'time-4.json'), text.replace('"schemaVersion":1', '"schemaVersion":2'));
  mkdirSync(join(own, 'time-5.json'));
  writeFileSync(join(root, 'a file'), 'x');
  writeFileSync(join(own, 'notes.txt'), 'x');
  const { blocks, complaints } = folder.readBlocks();
  assert.deepEqual(blocks, [block]);
  assert.equal(complaints.length, 6);
  for (const complaint of complaints)
    assert.match(complaint, /^(cannot read )?block .* set aside as .*corrupt-1, will be/);
  assert.equal(complaints.filter((line) => line.includes('is a copy of')).length, 2);
  assert.deepEqual(folder.readBlocks(), { blocks: [block], complaints: [] });
  assert.ok(existsSync(join(own, 'notes.txt')));
});

test('a run.json that is damaged or gone is taken from the beginning of the run', () => {
  const { folder, id } = RunFolder.create(fresh());
  const run = runRecord(id, tinyPlan(tinyZoo()));
  folder.beginRun(run);
  folder.writeRun({ ...run, status: 'complete' });
  assert.deepEqual(folder.restoreRun(), { run: { ...run, status: 'complete' }, complaint: null });
  const path = join(folder.dir, 'run.json');
  for (const text of ['', '{"schemaVersion": 1, "id"', '{"schemaVersion": 1}']) {
    writeFileSync(path, text);
    const restored = folder.restoreRun();
    assert.deepEqual(restored.run, run);
    assert.match(
      restored.complaint ?? '',
      /^run .*run\.json.*set aside as .*corrupt-\d; taken from run\.start\.json$/,
    );
    assert.equal(existsSync(path), false);
    assert.equal(RunFolder.open('/nowhere', folder.dir).dir, folder.dir);
  }
  assert.match(folder.restoreRun().complaint ?? '', /cannot read run .*run\.json/);
  writeFileSync(path, '{');
  writeFileSync(join(folder.dir, 'run.start.json'), '{');
  refuses(
    () => folder.restoreRun(),
    /run\.start\.json cannot help; the blocks beside it are whole \(.*--run-id/,
  );
});

test('what a killed process has half written is cleared when the next one takes the folder', () => {
  const { folder } = RunFolder.create(fresh());
  folder.writeBlock(block);
  const left = [
    join(folder.dir, '.run.json.0123456789ab.tmp'),
    join(folder.dir, 'lock.json.0123456789ab'),
    join(blocksOf(folder), '.time-2.json.0123456789ab.tmp'),
  ];
  for (const path of left) writeFileSync(path, '{"schem');
  writeFileSync(join(blocksOf(folder), '.mine.tmp'), 'of a person');
  folder.lock();
  for (const path of left) assert.equal(existsSync(path), false, path);
  assert.deepEqual(readdirSync(blocksOf(folder)), ['.mine.tmp', 'time-1.json']);
  folder.unlock();
  assert.deepEqual(readdirSync(folder.dir), ['blocks']);
});

test('a clock that jumps back changes no name that was given, and none is given twice', () => {
  const out = fresh();
  const times = [
    '2026-03-29T02:30:00Z',
    '2026-03-29T01:30:00Z',
    '1970-01-01T00:00:00Z',
    '2026-03-29T02:30:00Z',
  ];
  const ids = times.flatMap((time) =>
    Array.from({ length: 20 }, () => RunFolder.create(out, new Date(time)).id),
  );
  assert.equal(new Set(ids).size, 80);
  assert.deepEqual(readdirSync(out).sort(), ids.toSorted());
});

test('a named folder is made once and found again', () => {
  const out = join(fresh(), 'deep');
  const first = RunFolder.named(out, 'shard-3');
  first.writeBlock(block);
  assert.equal(first.hasRun, false);
  assert.deepEqual(RunFolder.named(out, 'shard-3').readBlocks().blocks, [block]);
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
