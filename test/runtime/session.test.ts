import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { createSession, type TokenInputs } from '../../src/runtime/session.ts';
import { threadProof } from '../../src/runtime/settingsProof.ts';
import { sessionOptions } from '../../src/runtime/settings.ts';
import { writeCountingEncoder } from './countingEncoder.ts';

const BATCH: TokenInputs = {
  inputIds: BigInt64Array.from([5n, 6n, 7n, 1n, 2n, 99n]),
  attentionMask: BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 0n]),
  tokenTypeIds: new BigInt64Array(6),
  batch: 2,
  length: 3,
};

describe('an encoder session', () => {
  let graph = { folder: '', path: '' };
  before(() => void (graph = writeCountingEncoder()));
  after(() => rmSync(graph.folder, { recursive: true }));

  it('feeds only the declared inputs and returns logits and kept tokens', async () => {
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    const feeds = session.prepare(BATCH);
    assert.deepEqual(Object.keys(feeds), ['input_ids', 'attention_mask']);
    const output = await session.run(feeds);
    assert.deepEqual([...output.logits], [18, 3, 3, 2]);
    assert.deepEqual([output.batch, output.classes, output.layers], [2, 2, 2]);
    assert.deepEqual([...output.keptTokens], [3n, 2n, 3n, 2n]);
    await session.release();
  });

  it('gives the same answer when the same feeds are run again', async () => {
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    const feeds = session.prepare(BATCH);
    const [first, second] = [await session.run(feeds), await session.run(feeds)];
    assert.deepEqual(first.logits, second.logits);
    await session.release();
  });

  it('starts as many threads as it is told to', async (t) => {
    for (const threads of [1, 2, 4]) {
      const session = await createSession(graph, { provider: 'cpu', threads });
      const { effective, observed } = threadProof({ provider: 'cpu', threads }, [session]);
      if (effective === null) t.skip('threads can be counted on Linux only');
      else assert.equal(effective, true, `${threads} asked, ${observed ?? '?'}`);
      await session.release();
    }
  });

  it('sees a thread setting that did not act', async (t) => {
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    if (session.threadsStarted === null) t.skip('threads can be counted on Linux only');
    else assert.equal(threadProof({ provider: 'cpu', threads: 4 }, [session]).effective, false);
    await session.release();
  });

  it('writes a profile with real shapes at the prefix', async () => {
    const profilePrefix = join(graph.folder, 'profile');
    const session = await createSession(graph, { provider: 'cpu', threads: 1, profilePrefix });
    await session.run(session.prepare(BATCH));
    const path = session.endProfiling();
    assert.equal(dirname(path), graph.folder);
    assert.match(readFileSync(path, 'utf8'), /ReduceSum/);
    await session.release();
  });

  it('refuses inputs whose size is not batch x length', async () => {
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    assert.throws(() => session.prepare({ ...BATCH, length: 4 }), /6 numbers, not 2 x 4/);
    await session.release();
  });

  it('names the file that it could not load', async () => {
    const path = join(graph.folder, 'absent.onnx');
    await assert.rejects(
      createSession({ path }, { provider: 'cpu', threads: 1 }),
      (error) => error instanceof BenchError && error.line.includes(path) && !error.line.includes('\n'),
    );
  });
});

describe('session options', () => {
  it('set threads, order of execution, memory pattern and spinning explicitly', () => {
    const options = sessionOptions({ provider: 'cpu', threads: 3 });
    assert.equal(options.intraOpNumThreads, 3);
    assert.equal(options.interOpNumThreads, 1);
    assert.equal(options.executionMode, 'sequential');
    assert.equal(options.enableMemPattern, false);
    assert.equal(options.graphOptimizationLevel, 'all');
    assert.deepEqual(options.extra, { 'session.force_spinning_stop': '1' });
  });

  it('refuse a config key that ONNX Runtime would ignore in silence', () => {
    const config = { 'session.no_such_key': '1' } as Record<string, string>;
    assert.throws(() => sessionOptions({ provider: 'cpu', threads: 1, config }), /session\.no_such_key/);
  });

  it('refuse a thread count that is no positive whole number', () => {
    for (const threads of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => sessionOptions({ provider: 'cpu', threads }), BenchError);
    }
  });
});
