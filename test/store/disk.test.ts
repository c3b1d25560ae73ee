// Disks that are full or read-only. Real ones where this user may mount a small file system, else a limit on the size
// of files, which every user may set.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RunFolder } from '../../src/store/runFolder.ts';
import { timeBlock, timedVariant } from '../fixtures/blocks.ts';
import { refuses } from '../fixtures/refuses.ts';
import { runRecord, tinyPlan } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

const mounts: string[] = [];
after(() => {
  for (const mount of mounts) spawnSync('umount', ['--lazy', mount]);
});

/** A file system of a few kilobytes; null if this user may not mount one. */
function smallDisk(): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
  if (status !== 0) return null;
  mounts.push(dir);
  return dir;
}

const big = (block: number): ReturnType<typeof timeBlock> =>
  timeBlock(block, [timedVariant('dense', [Array.from({ length: 1500 }, (_, index) => index + 0.5)])]);

test('a full disk ends the run in one line, and what was finished is whole', (context) => {
  const disk = smallDisk();
  if (disk === null) {
    context.skip('this user may not mount a file system');
    return;
  }
  const { folder } = RunFolder.create(disk);
  folder.lock();
  let written = 0;
  refuses(() => {
    for (; ; written++) folder.writeBlock(big(written));
  }, /cannot write .*time-\d+\.json: ENOSPC.*\(finished blocks are kept; .*npm run bench -- --resume \/.*\)/);
  assert.ok(written > 0);
  assert.equal(folder.readBlocks().blocks.length, written);
  const files = readdirSync(disk, { recursive: true }).map(String);
  assert.ok(!files.some((file) => file.endsWith('.tmp')), files.join());
  rmSync(join(folder.dir, 'blocks'), { recursive: true });
  folder.writeBlock(big(0));
  writeFileSync(join(disk, 'filler'), Buffer.alloc(30_000));
  refuses(() => {
    for (let count = 0; count < 100; count++)
      RunFolder.create(disk).folder.beginRun(runRecord('x', tinyPlan(tinyZoo())));
  }, /cannot write .*ENOSPC/);
});

test('a results folder that is read-only is refused, for a new run and for one to go on with', (context) => {
  const disk = smallDisk();
  if (disk === null) {
    context.skip('this user may not mount a file system');
    return;
  }
  const { folder, id } = RunFolder.create(disk);
  folder.beginRun(runRecord(id, tinyPlan(tinyZoo())));
  mkdirSync(join(disk, 'deep'));
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk]).status, 0);
  refuses(() => RunFolder.create(disk), /cannot write results to .*EROFS.*\(choose another --out\)/);
  refuses(() => RunFolder.create(join(disk, 'deep', 'er')), /cannot write results to .*EROFS/);
  refuses(
    () => RunFolder.open(disk, id).lock(),
    /cannot write .*lock\.json: EROFS.*\(choose a folder that can be written\)/,
  );
  assert.equal(RunFolder.open(disk, id).readRun().id, id);
});
