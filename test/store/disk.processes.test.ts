// A disk that is full while a run goes on: a limit on the size of files, which every user may set.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeSources } from '../../src/run/sources.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { startTiny } from '../fixtures/processes.ts';
import { machine } from '../fixtures/summary.ts';
import { tinyPlan } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

test(
  'a run that cannot write a block leaves with 2, and goes on where it was',
  { skip: process.platform === 'win32' },
  async () => {
    const [zoo, out] = [tinyZoo(), mkdtempSync(join(tmpdir(), 'full-'))];
    const program = fileURLToPath(new URL('../fixtures/tinyProcess.js', import.meta.url));
    const plan = tinyPlan(zoo, { methods: ['dense', 'ltp'], seqLens: [160] });
    const { versions } = machine;
    const sources = makeSources({ zoo: loadZoo(zoo), dataDir: null, versions });
    for (const { group, variants } of plan.groups) {
      for (const variant of variants) await sources.graph(group, variant); // the limit is not meant for the cache
    }
    // So many rounds make a time block of more than 8 KiB, however slow the machine is.
    const args = [zoo, out, 'full', '', '120'];
    const command = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, program, ...args];
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
