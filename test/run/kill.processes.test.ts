// kill -9 of the program or of the process of a block, at random moments, through real processes: what is finished
// stays, going on finishes the rest, nothing counts twice, and no worker lives on. 100 kills:
//   KILLS=100 npm test -- kill
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRandom, type Random } from '../../src/core/random.ts';
import { summarySchema } from '../../src/core/schema/summary.ts';
import { sleep } from '../fixtures/eventually.ts';
import { childrenOf, endOf, startTiny } from '../fixtures/processes.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

const KILLS = Number(process.env['KILLS'] ?? 9);
const SEED = process.env['KILL_SEED'] ?? '0';
/** Kills that one run suffers before it may finish. */
const KILLS_A_RUN = 3;

const BLOCKS = ['accuracy-0.json', 'profile-0.json', 'time-0.json', 'time-1.json'];

/** Finished blocks, by path inside the run. */
function blocksOf(dir: string): Map<string, string> {
  const root = join(dir, 'blocks');
  const groups = existsSync(root) ? readdirSync(root) : [];
  return new Map(
    groups.flatMap((group) =>
      readdirSync(join(root, group))
        .filter((file) => BLOCKS.includes(file))
        .map((file): [string, string] => [join(group, file), readFileSync(join(root, group, file), 'utf8')]),
    ),
  );
}

/** Still there, or put aside whole because a killed worker had left it without a variant. */
function checkKept(before: ReadonlyMap<string, string>, dir: string): void {
  const after = blocksOf(dir);
  for (const [path, text] of before) {
    if (after.get(path) === text) continue;
    const aside = join(dir, 'blocks', `${path}.stale-1`);
    assert.ok(existsSync(aside), `${path} was lost or measured again`);
    const kept = readdirSync(join(aside, '..'))
      .filter((file) => join(aside, '..', file).startsWith(aside.slice(0, -1)))
      .map((file) => readFileSync(join(aside, '..', file), 'utf8'));
    assert.ok(kept.includes(text), `${path} was lost`);
    assert.equal(text.includes('"ltp:x2"') && text.includes('"dense-padded"'), false, `${path} was whole`);
  }
}

interface Tally {
  parents: number;
  workers: number;
}

/** @returns whether there was something left to kill. */
async function strike(args: readonly string[], random: Random, dir: string, tally: Tally): Promise<boolean> {
  const program = startTiny(...args);
  const state = { over: false };
  void program.ended.then(() => (state.over = true));
  await sleep(random.next() * 4500);
  const [worker] = childrenOf(program.pid);
  const finished = blocksOf(dir);
  if (state.over) return false;
  if (worker !== undefined && random.next() < 0.5) {
    process.kill(worker, 'SIGKILL');
    tally.workers++;
    assert.ok([0, 1].includes(Number(await program.ended)), program.errors());
  } else {
    process.kill(program.pid, 'SIGKILL');
    tally.parents++;
    assert.equal(await program.ended, 'SIGKILL');
    if (worker !== undefined) await endOf(worker); // a worker does not outlive its parent
  }
  checkKept(finished, dir);
  return true;
}

function checkWhole(dir: string): void {
  assert.equal(existsSync(join(dir, 'lock.json')), false);
  const files = readdirSync(dir, { recursive: true }).map(String);
  assert.deepEqual(
    files.filter((file) => /\.tmp$|\.failed|corrupt/.test(file)),
    [],
  );
  assert.deepEqual([...blocksOf(dir).keys()].map((path) => path.split('/').at(-1)).sort(), BLOCKS);
  const summary = summarySchema.parse(JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')));
  assert.equal(summary.run.status, 'complete');
  assert.equal(summary.rows.length, 3);
  for (const row of summary.rows) {
    assert.equal(row.status, 'ok', row.reason);
    assert.equal(row.blockMedianMs.length, 2);
    assert.ok(row.accuracy !== null && row.flops !== null);
  }
}

test(
  `${KILLS} kills leave runs that go on to their end`,
  { skip: process.platform !== 'linux' },
  async (context) => {
    const [zoo, out] = [tinyZoo(), mkdtempSync(join(tmpdir(), 'kills-'))];
    const random = createRandom(`kills/${SEED}`);
    const tally: Tally = { parents: 0, workers: 0 };
    let runs = 0;
    while (tally.parents + tally.workers < KILLS) {
      const name = `run-${runs++}`;
      const args = [zoo, out, name];
      const dir = join(out, name);
      for (let kill = 0; kill < KILLS_A_RUN && tally.parents + tally.workers < KILLS; kill++) {
        if (!(await strike(args, random, dir, tally))) break;
      }
      const before = blocksOf(dir);
      const last = startTiny(...args);
      assert.equal(await last.ended, 0, last.errors());
      checkKept(before, dir);
      checkWhole(dir);
    }
    context.diagnostic(`${tally.parents} programs and ${tally.workers} workers killed in ${runs} runs`);
  },
);
