// Disks that are full or read-only. Real ones where this user may mount a small file system, else a limit on the size
// of files, which every user may set.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { makeSources } from '../../src/run/sources.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { timeBlock, timedVariant } from '../fixtures/blocks.ts';
import { startTiny } from '../fixtures/processes.ts';
import { refuses } from '../fixtures/refuses.ts';
import { machine } from '../fixtures/summary.ts';
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

test(
  'a run that cannot write a block leaves with 2, and goes on where it was',
  { skip: process.platform === 'win32' },
  async () => {
    process.env['TOKEN_PRUNING_CACHE'] ??= mkdtempSync(join(tmpdir(), 'cache-'));
    const [zoo, out] = [tinyZoo(), mkdtempSync(join(tmpdir(), 'full-'))];
    const program = fileURLToPath(new URL('../fixtures/tinyProcess.js', import.meta.url));
    const plan = tinyPlan(zoo, { methods: ['dense', 'ltp'], seqLens: [160] });
    const { versions } = machine;
    const sources = makeSources({ zoo: loadZoo(zoo), modelsDir: zoo, dataDir: null, versions });
    for (const { group, variants } of plan.groups) {
      for (const variant of variants) await sources.graph(group, variant); // the limit is not meant for the cache
    }
    const command = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, program, zoo, out, 'full'];
    const { status, stderr } = spawnSync('bash', command, { encoding: 'utf8' });
    assert.equal(status, 2, stderr);
    const last = stderr.trim().split('\n').at(-1) ?? '';
    assert.match(
      last,
      /^cannot write .*blocks.*\.json: EFBIG.* \(finished blocks are kept; .*--resume .*full\)$/,
    );
    const dir = join(out, 'full');
    assert.ok(!readdirSync(dir, { recursive: true }).some((file) => String(file).endsWith('.tmp')));
    const again = startTiny(zoo, out, 'full');
    assert.equal(await again.ended, 0, again.errors());
    assert.equal(RunFolder.open(out, 'full').readRun().status, 'complete');
  },
);
