import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { heapEnvironment } from '../../src/run/heap.ts';
import { productGraph, productInputs } from '../../src/runtime/productGraph.ts';
import { tryoutSettings } from '../../src/runtime/proofs.ts';
import { createSession } from '../../src/runtime/session.ts';
import {
  denormalProof,
  hugePageProof,
  judgeSpinning,
  proveSettings,
  threadProof,
  unactedDoubts,
} from '../../src/runtime/settingsProof.ts';
import type { ConfigKey } from '../../src/runtime/settings.ts';
import { eventually } from '../fixtures/eventually.ts';
import { writeCountingEncoder } from './countingEncoder.ts';

/** For a process that is expected to end by itself. */
const LIMIT_MS = 600_000;

const started = (...counts: (number | null)[]): { threadsStarted: number | null }[] =>
  counts.map((threadsStarted) => ({ threadsStarted }));

describe('the proof of the settings', () => {
  it('counts threads: n - 1 beside the caller, one more in the first session', () => {
    assert.equal(threadProof({ provider: 'cpu', threads: 4 }, started(4, 3, 3)).effective, true);
    assert.equal(threadProof({ provider: 'cpu', threads: 4 }, started(4, 1)).effective, false);
    assert.equal(threadProof({ provider: 'cpu', threads: 1 }, started(1, 0)).effective, true);
    assert.deepEqual(threadProof({ provider: 'cpu', threads: 2 }, started(null)), {
      ...{ name: 'intra-op threads', requested: '2', observed: null, effective: null },
    });
    assert.equal(threadProof({ provider: 'cuda', threads: 1 }, started(9)).effective, null);
  });

  it('catches threads that spin between calls', () => {
    const idle = (cpuMs: number): { cpuMs: number; wallMs: number } => ({ cpuMs, wallMs: 20 });
    assert.equal(judgeSpinning('1', 2, idle(0.5)).effective, true);
    assert.equal(judgeSpinning('1', 2, idle(18)).effective, false);
    assert.equal(judgeSpinning('1', 8, idle(18)).effective, true); // of 140 ms that seven threads would burn
    assert.equal(judgeSpinning('0', 2, idle(18)).effective, true);
    assert.equal(judgeSpinning('0', 2, idle(0.5)).effective, null);
    assert.equal(judgeSpinning('1', 1, null).effective, null);
  });

  it('tries arithmetic on the smallest number', () => {
    assert.deepEqual(denormalProof('0'), {
      ...{ name: 'denormals', requested: 'kept', observed: 'kept', effective: true },
    });
    assert.equal(denormalProof('1').effective, false);
    assert.equal(denormalProof('1', 0).effective, true); // as it is where they are flushed
  });

  it('weighs the huge pages of the heap', () => {
    const rollup = (huge: number): string =>
      `Rss: 400000 kB\nAnonymous:   317440 kB\nAnonHugePages: ${huge} kB\n`;
    const asked = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432';
    assert.deepEqual(hugePageProof(asked, rollup(217_088)), {
      ...{ name: 'huge pages', requested: 'on', observed: '212 MiB of 310 MiB', effective: true },
    });
    assert.equal(hugePageProof(asked, rollup(70_000))?.effective, false);
    assert.equal(hugePageProof(asked, null)?.effective, null);
    const small = (huge: number): string => `Anonymous: 63488 kB\nAnonHugePages: ${huge} kB\n`;
    assert.equal(hugePageProof(asked, small(14_336))?.effective, null); // a tiny model in Node's own memory
    assert.equal(hugePageProof(asked, small(0))?.effective, false);
    assert.equal(hugePageProof(undefined, rollup(0)), null);
    assert.equal(hugePageProof('glibc.malloc.hugetlb=0', rollup(0)), null);
  });

  it('doubts what did not act, and takes missing huge pages less seriously', () => {
    const proofs = [denormalProof('1'), denormalProof('0'), judgeSpinning('1', 1, null)];
    const [doubt, ...others] = unactedDoubts(proofs);
    assert.equal(doubt?.code, 'setting-not-effective');
    assert.match(doubt.message, /denormals: asked for flushed to zero, seen kept/);
    assert.deepEqual(others, []);
    const pages = { name: 'huge pages', requested: 'on', observed: '0 MiB of 9 MiB', effective: false };
    assert.deepEqual(
      unactedDoubts([pages]).map(({ code }) => code),
      ['no-huge-pages'],
    );
    assert.deepEqual(unactedDoubts([]), []);
  });
});

describe('the proof with real sessions', () => {
  let graph = { folder: '', path: '' };
  before(() => void (graph = writeCountingEncoder()));
  after(() => rmSync(graph.folder, { recursive: true }));

  it('refuses a misspelt key before anything is made', async () => {
    const config = { 'session.force_spining_stop': '1' } as Partial<Record<ConfigKey, string>>;
    const settings = { provider: 'cpu', threads: 1, config } as const;
    const refused = (error: unknown): boolean =>
      error instanceof BenchError && /session\.force_spining_stop/.test(error.line);
    await assert.rejects(proveSettings(settings, []), refused);
    await assert.rejects(createSession(graph, settings), refused);
  });

  it('sees nothing wrong with the settings of a run', async (t) => {
    const { proofs, reason } = await tryoutSettings(2, heapEnvironment(), LIMIT_MS);
    assert.equal(reason, null);
    assert.ok(proofs);
    const names = proofs.map(({ name }) => name);
    for (const name of ['intra-op threads', 'spinning between calls', 'denormals', 'memory pattern'])
      assert.ok(names.includes(name), name);
    if (process.platform !== 'linux') {
      t.skip('threads can be counted on Linux only');
      return;
    }
    const found = (name: string): boolean | null | undefined =>
      proofs.find((proof) => proof.name === name)?.effective;
    assert.equal(found('intra-op threads'), true);
    assert.equal(found('denormals'), true);
  });

  it('says why there is no answer', async () => {
    const { proofs, reason } = await tryoutSettings(0, {}, LIMIT_MS);
    assert.equal(proofs, null);
    assert.match(reason, /threads must be a whole number/);
  });
});

describe('spinning of real sessions', () => {
  it('shows when it is not stopped', async (t) => {
    if (availableParallelism() < 2) {
      t.skip('one CPU: the threads cannot spin beside the caller');
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'product-'));
    const path = join(folder, 'product.onnx');
    writeFileSync(path, productGraph());
    const observe = async (stop: '0' | '1'): Promise<boolean> => {
      const settings = {
        provider: 'cpu',
        threads: 2,
        config: { 'session.force_spinning_stop': stop },
      } as const;
      const session = await createSession({ path }, settings);
      const feeds = session.prepare(productInputs());
      const { threadsStarted } = session;
      const proofs = await proveSettings(settings, [{ threadsStarted, run: () => session.run(feeds) }]);
      await session.release();
      return proofs.find(({ name }) => name === 'spinning between calls')?.effective === true;
    };
    // On a busy machine the spinning threads get a CPU at some attempts only.
    await eventually(async () => (await observe('0')) || null, 'threads that spin');
    await eventually(async () => (await observe('1')) || null, 'threads that do not');
    rmSync(folder, { recursive: true });
  });
});
