import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../src/core/errors.ts';
import { readProcessor } from '../../../src/machine/processor.ts';
import {
  emulatorPrefix,
  emulatorVersion,
  processorFrom,
  requireAvx2,
  seeProcessor,
} from '../../../src/verify/avx2/emulator.ts';
import { NATIVE } from '../../../src/verify/avx2/launch.ts';
import { refuses } from '../../fixtures/refuses.ts';
import { HASWELL_LOADER, HASWELL_NODE } from './fakeEmulator.ts';

const linux = process.platform === 'linux' && process.arch === 'x64';
const prefix = emulatorPrefix('qemu-x86_64', 'Haswell');

describe('the processor that a program sees', () => {
  it('is read from what the loader and Node print', () => {
    assert.deepEqual(processorFrom(HASWELL_LOADER, HASWELL_NODE), {
      flags: ['avx', 'fma', 'avx2'],
      isa: 'avx2',
      family: 6,
      model: 60,
      complete: true,
    });
  });

  it('has a feature only if both say so', () => {
    const without = HASWELL_NODE.replace('FMA3=1', 'FMA3=0');
    assert.equal(processorFrom(HASWELL_LOADER, without).isa, 'avx');
    const noAvx2 = HASWELL_LOADER.replace('0x3a9', '0x389');
    assert.equal(processorFrom(noAvx2, HASWELL_NODE).isa, 'avx');
  });

  it('may be one with AVX-512, which only the loader tells', () => {
    const wide = HASWELL_LOADER.replace('0x3a9', '0x103a9');
    assert.equal(processorFrom(wide, HASWELL_NODE).isa, 'avx512');
    const unasked = processorFrom(null, HASWELL_NODE);
    assert.deepEqual([unasked.isa, unasked.complete, unasked.family], ['avx2', false, null]);
  });

  it('is here the one of /proc/cpuinfo', { skip: linux ? false : 'not Linux on x86-64' }, async () => {
    const { flags } = await readProcessor();
    const seen = await seeProcessor(NATIVE);
    const asked = ['avx', 'fma', 'avx2', ...(seen.complete ? ['avx512f'] : [])];
    assert.deepEqual(
      seen.flags,
      asked.filter((flag) => flags.includes(flag)),
    );
  });

  it('must have AVX2 and no AVX-512', () => {
    requireAvx2(processorFrom(HASWELL_LOADER, HASWELL_NODE), prefix);
    const none = processorFrom(null, HASWELL_NODE.replaceAll('=1', '=0'));
    refuses(
      () => requireAvx2(none, prefix),
      /qemu-x86_64 -cpu Haswell shows a processor with SSE2.*7\.2 or newer/,
    );
    const wide = processorFrom(HASWELL_LOADER.replace('0x3a9', '0x103a9'), HASWELL_NODE);
    refuses(() => requireAvx2(wide, prefix), /AVX-512/);
  });
});

describe('the emulator', () => {
  it('keeps its own variables from the program in it', () => {
    const { command, environment } = emulatorPrefix('qemu', 'Haswell', { LD_PRELOAD: '/x.so' });
    assert.deepEqual(command, ['qemu', '-U', 'LD_PRELOAD', '-cpu', 'Haswell']);
    assert.deepEqual(environment, { LD_PRELOAD: '/x.so' });
  });

  it(
    'that is missing is one line with the package',
    { skip: linux ? false : 'not Linux on x86-64' },
    async () => {
      await assert.rejects(emulatorVersion('/nowhere/qemu-x86_64'), (thrown: unknown) => {
        assert.ok(thrown instanceof BenchError);
        assert.equal(thrown.exitCode, 2);
        assert.match(thrown.line, /^\/nowhere\/qemu-x86_64 is not installed \(apt-get install qemu-user/);
        return true;
      });
    },
  );
});
