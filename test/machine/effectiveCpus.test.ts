import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { validityOf } from '../../src/core/validity.ts';
import { workUntil } from '../../src/machine/busyThread.ts';
import {
  effectiveCpuDoubts,
  effectiveCpusOf,
  probeEffectiveCpus,
  waitForCpus,
} from '../../src/machine/effectiveCpus.ts';
import { quietnessBetween, quietnessDoubts, sampleQuietness } from '../../src/machine/quietness.ts';
import { eventually, sleep } from '../fixtures/eventually.ts';

const alone = { pieces: 500, wallMs: 25, pieceMs: 0.05 };

test('work is counted in units of what one undisturbed CPU gets done', () => {
  const full = { pieces: 1000, wallMs: 50, pieceMs: 0.05 };
  const half = { pieces: 500, wallMs: 50, pieceMs: 0.05 }; // waited for a CPU half of the time
  assert.equal(effectiveCpusOf(alone, [full]), 1);
  assert.equal(effectiveCpusOf(alone, [full, half]), 1.5);
});

test('a lower turbo clock is no contention, a shared core is', () => {
  const turbo = { pieces: 900, wallMs: 50, pieceMs: 50 / 900 }; // 11 % slower than alone, all of the time
  assert.equal(effectiveCpusOf(alone, [turbo, turbo]), 2);
  const sibling = { pieces: 500, wallMs: 50, pieceMs: 0.1 }; // twice as slow as alone: counts as 1.2 times at most
  assert.ok(Math.abs(effectiveCpusOf(alone, [sibling, sibling]) - 1.2) < 1e-9);
});

test('a thread counts pieces until its time is over', () => {
  let now = 0;
  const report = workUntil(10, () => now++);
  assert.deepEqual(report, { pieces: 10, wallMs: 10, pieceMs: 1 });
});

test('less than nine tenths of a CPU a thread is a doubt', () => {
  assert.deepEqual(effectiveCpuDoubts(1.8, 2), []);
  assert.deepEqual(effectiveCpuDoubts(null, 2), []);
  const [doubt] = effectiveCpuDoubts(1.79, 2);
  assert.equal(doubt?.code, 'few-effective-cpus');
  assert.match(doubt.message, /2 busy threads got the work of 1\.79 CPUs done/);
});

test('a block waits for its CPUs, but no longer than its patience', async () => {
  const scene = (
    answers: (number | null)[],
  ): { slept: number[]; wait: (ms: number) => Promise<number | null> } => {
    const slept: number[] = [];
    let now = 0;
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    };
    const probe = (): Promise<number | null> => Promise.resolve(answers.shift() ?? null);
    return {
      slept,
      wait: (patienceMs) => waitForCpus({ threads: 2, patienceMs, probe, sleep, nowMs: () => now }),
    };
  };
  const short = scene([1, 1.2, 1.95, 2]);
  assert.equal(await short.wait(60_000), 1.95);
  assert.deepEqual(short.slept, [2000, 2000]);
  const long = scene([1, 1.1, 1.2, 2]);
  assert.equal(await long.wait(3000), 1.2);
  assert.deepEqual(long.slept, [2000, 1000]);
  const blind = scene([null, 2]);
  assert.equal(await blind.wait(60_000), null);
  const quiet = scene([2]);
  assert.equal(await quiet.wait(0), 2);
  assert.deepEqual(quiet.slept, []);
});

test('a real neighbour on every CPU makes a run provisional', async (t) => {
  const cpus = availableParallelism();
  if (cpus > 16) {
    t.skip('too many CPUs to keep busy in a test');
    return;
  }
  const neighbours = Array.from({ length: cpus }, () =>
    spawn(process.execPath, ['-e', "process.stdout.write('busy'); for (;;);"], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  try {
    await Promise.all(neighbours.map(({ stdout }) => once(stdout, 'data')));
    const before = sampleQuietness();
    // A probe that gets no time at all on a crowded machine is right to say 0, but shows nothing of the neighbours.
    const effective = await eventually(async () => (await probeEffectiveCpus(cpus)) || null, 'a CPU');
    await sleep(300);
    const quietness = quietnessBetween(before, sampleQuietness());
    assert.ok(effective > 0 && effective < 0.9 * cpus, String(effective));
    const doubts = [...effectiveCpuDoubts(effective, cpus), ...quietnessDoubts(quietness)];
    const { verdict, reasons } = validityOf(doubts);
    assert.equal(verdict, 'PROVISIONAL');
    assert.ok(reasons.includes('few-effective-cpus'));
    if (quietness.othersCpus !== null) assert.ok(reasons.includes('busy-neighbours'), reasons.join());
  } finally {
    for (const neighbour of neighbours) neighbour.kill('SIGKILL');
  }
});
