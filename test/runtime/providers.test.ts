// The contract that every provider keeps: where it works it computes the right numbers, where it does not it says
// what is missing and what to do. Which of the two applies is the machine's; the skips say so.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { PROVIDERS } from '../../src/core/names.ts';
import { probeProvider } from '../../src/runtime/providers.ts';
import { providerOf } from '../../src/runtime/registry.ts';
import { createSession } from '../../src/runtime/session.ts';
import { writeCountingEncoder } from './countingEncoder.ts';

for (const name of PROVIDERS) {
  describe(`provider ${name}`, async () => {
    const probe = await probeProvider(name);

    it('is registered under its own name', () => assert.equal(providerOf(name).name, name));

    it('runs an encoder graph', { skip: probe.available ? false : probe.reason }, async () => {
      const graph = writeCountingEncoder();
      const session = await createSession(graph, { provider: name, threads: 1 });
      const ones = BigInt64Array.from([1n, 1n]);
      const inputs = { inputIds: ones, attentionMask: ones, tokenTypeIds: ones, batch: 1, length: 2 };
      const output = await session.run(session.prepare(inputs));
      assert.deepEqual([...output.logits], [2, 2]);
      await session.release();
      rmSync(graph.folder, { recursive: true });
    });

    it(
      'says in one line what is missing and what to do',
      { skip: probe.available && 'it works here' },
      async () => {
        if (probe.available) return;
        for (const text of [probe.reason, probe.remedy]) {
          assert.ok(text.length > 10);
          assert.ok(!text.includes('\n'));
        }
        const graph = writeCountingEncoder();
        await assert.rejects(createSession(graph, { provider: name, threads: 1 }), BenchError);
        rmSync(graph.folder, { recursive: true });
      },
    );

    it('explains every way to fail in one line', () => {
      const provider = providerOf(name);
      const stderr = 'line one\nline two';
      for (const absence of [
        provider.explain({ outcome: 'error', message: 'first\nsecond', stderr }),
        provider.explain({ outcome: 'crash', message: 'ended by SIGSEGV\n', stderr }),
        provider.explain({ outcome: 'timeout', limitMs: 5 }),
      ]) {
        assert.ok(!/\n/.test(absence.reason + absence.remedy), absence.reason);
        assert.notEqual(absence.remedy, '');
      }
    });
  });
}

describe('the cpu provider', () => {
  it('works wherever the tests run', async () => assert.equal((await probeProvider('cpu')).available, true));

  it('is not known, and said to be not known, when two trials take too long, the second three times as long', async () => {
    const probe = await probeProvider('cpu', 1);
    assert.ok(!probe.available && probe.reason.includes('no answer within 0.003 s'));
    assert.equal(probe.undecided, true);
  });
});

describe('the webgpu provider', () => {
  it(
    'passes on why a driver was not taken',
    { skip: process.platform !== 'linux' && 'Dawn on Vulkan' },
    () => {
      const message = 'Failed to get a WebGPU adapter: No supported adapters';
      const stderr =
        'Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.\n - While initializing adapter\n';
      const { reason } = providerOf('webgpu').explain({ outcome: 'error', message, stderr });
      const withoutLoader = /libvulkan\.so\.1 is not installed$/;
      assert.ok(/ArrayDynamicIndexing required\)$/.test(reason) || withoutLoader.test(reason), reason);
    },
  );
});
