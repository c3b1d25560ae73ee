import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { int8IsaOf, isaOf } from '../../src/machine/isa.ts';
import { parseCacheSize, parseCpuinfo, processorFrom } from '../../src/machine/processor.ts';
import { ARM, HASWELL, HASWELL_WITHOUT_AVX2, SAPPHIRE_RAPIDS, ZEN3 } from './recordings.ts';

const flagsOf = (text: string): readonly string[] => parseCpuinfo(text)?.flags ?? [];

describe('/proc/cpuinfo', () => {
  it('tells a Haswell server by family, model and stepping', () => {
    const { flags, ...processor } = parseCpuinfo(HASWELL)!;
    assert.deepEqual(processor, {
      brand: 'Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz',
      vendor: 'GenuineIntel',
      family: '6',
      model: '63',
      stepping: '2',
      physicalCores: 2,
      logicalCores: 2,
    });
    assert.ok(flags.includes('avx2') && !flags.includes('avx512f'));
  });

  it('counts two threads of one core as one core', () => {
    const { physicalCores, logicalCores } = parseCpuinfo(ZEN3)!;
    assert.deepEqual([physicalCores, logicalCores], [1, 2]);
  });

  it('without a model name, as on ARM, is left to systeminformation', () => {
    assert.equal(parseCpuinfo(ARM), null);
    assert.equal(parseCpuinfo(''), null);
  });
});

describe('the kernels that ONNX Runtime chooses', () => {
  it('for float32 follow AVX-512F, AVX2 with FMA, AVX, SSE', () => {
    assert.equal(isaOf('x64', flagsOf(HASWELL)), 'avx2');
    assert.equal(isaOf('x64', flagsOf(HASWELL_WITHOUT_AVX2)), 'avx');
    assert.equal(isaOf('x64', flagsOf(ZEN3)), 'avx2');
    assert.equal(isaOf('x64', flagsOf(SAPPHIRE_RAPIDS)), 'avx512');
    assert.equal(isaOf('x64', ['fpu', 'sse2']), 'sse');
  });

  it('for int8 use AMX and VNNI where they are', () => {
    assert.equal(int8IsaOf('x64', flagsOf(SAPPHIRE_RAPIDS)), 'amx');
    assert.equal(
      int8IsaOf(
        'x64',
        flagsOf(SAPPHIRE_RAPIDS).filter((flag) => !flag.startsWith('amx')),
      ),
      'avx512-vnni',
    );
    assert.equal(int8IsaOf('x64', flagsOf(HASWELL)), 'avx2');
    assert.equal(int8IsaOf('x64', flagsOf(HASWELL_WITHOUT_AVX2)), 'sse');
  });

  it('are NEON on ARM, and unknown where no flags are told', () => {
    assert.equal(isaOf('arm64', []), 'neon');
    assert.equal(isaOf('x64', []), 'unknown');
    assert.equal(int8IsaOf('x64', []), 'unknown');
  });
});

describe('systeminformation', () => {
  it('describes an Apple processor, which has no family or flags', () => {
    const info = { manufacturer: 'Apple', brand: 'M2', vendor: 'Apple', family: '', model: '', stepping: '' };
    const cores = { cores: 8, physicalCores: 8, flags: '' };
    // The fields that are read, of the 30 that it gives.
    const processor = processorFrom({ ...info, ...cores } as Parameters<typeof processorFrom>[0]);
    assert.equal(processor.brand, 'Apple M2');
    assert.deepEqual([processor.family, processor.flags], ['', []]);
  });

  it('may fail altogether', () => assert.ok(processorFrom(null).logicalCores >= 1));
});

describe('a cache size', () => {
  it('is read with its unit', () => {
    assert.equal(parseCacheSize('2048K\n'), 2 ** 21);
    assert.equal(parseCacheSize('32M'), 2 ** 25);
    assert.equal(parseCacheSize('-'), null);
  });
});
