import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { machineSchema } from '../../src/core/schema/machine.ts';
import { describeMachine, fingerprintOf, readMachine } from '../../src/machine/fingerprint.ts';
import { gpusFrom, parseNvidiaSmi } from '../../src/machine/gpus.ts';
import { factsFrom } from './machines.ts';
import { HASWELL, HASWELL_WITHOUT_AVX2, NVIDIA_SMI_T4, NVIDIA_SMI_UNKNOWN, ZEN3 } from './recordings.ts';

describe('this machine', () => {
  it('is described by the schema, with the same fingerprint each time', async () => {
    const [first, second] = [await readMachine(), await readMachine()];
    machineSchema.parse(first);
    assert.match(first.fingerprint, /^[0-9a-f]{12}$/);
    assert.equal(first.fingerprint, second.fingerprint);
    assert.equal(first.versions.onnxruntime, '1.30.0');
  });
});

describe('a fingerprint', () => {
  const facts = factsFrom(HASWELL);
  const fingerprint = fingerprintOf(facts);

  it('differs between processors, instruction sets, limits, ONNX Runtime versions and GPUs', () => {
    const others = [
      factsFrom(ZEN3),
      factsFrom(HASWELL_WITHOUT_AVX2),
      factsFrom(HASWELL, { gpus: NVIDIA_SMI_T4 }),
      { ...facts, cpu: { ...facts.cpu, cgroupCpuLimit: 1 } },
      { ...facts, versions: { ...facts.versions, onnxruntime: '1.31.0' } },
    ].map(fingerprintOf);
    assert.equal(new Set([fingerprint, ...others]).size, others.length + 1);
  });

  it('does not change with a kernel, Node or driver update', () => {
    const node = { ...facts.versions, node: '20.99.0' };
    assert.equal(fingerprintOf({ ...facts, os: 'other', versions: node, virtual: 'other' }), fingerprint);
  });
});

describe('a machine label', () => {
  it('is short and names cores and instruction set', () => {
    assert.equal(describeMachine(factsFrom(HASWELL)).label, 'Intel Xeon E5-2680 v3 (2 cores, AVX2 + FMA)');
    assert.equal(describeMachine(factsFrom(ZEN3)).label, 'AMD EPYC 7763 64-Core (1 core, AVX2 + FMA)');
  });

  it('names the GPUs first', () => {
    const { label } = describeMachine(factsFrom(HASWELL, { gpus: NVIDIA_SMI_T4 }));
    assert.equal(label, 'Tesla T4 with Intel Xeon E5-2680 v3 (2 cores, AVX2 + FMA)');
  });
});

describe('nvidia-smi', () => {
  it('names a T4 with its compute capability', () => {
    assert.deepEqual(parseNvidiaSmi(NVIDIA_SMI_T4), [
      { name: 'Tesla T4', driver: '580.82.07', memoryBytes: 15360 * 2 ** 20, computeCapability: '7.5' },
    ]);
  });

  it('may leave fields unknown', () => {
    const [gpu] = parseNvidiaSmi(NVIDIA_SMI_UNKNOWN);
    assert.deepEqual([gpu?.memoryBytes, gpu?.computeCapability], [null, null]);
  });

  it('may print an error in place of a table', () => {
    assert.deepEqual(
      parseNvidiaSmi('NVIDIA-SMI has failed because it could not communicate with the driver.\n'),
      [],
    );
    assert.deepEqual(parseNvidiaSmi(''), []);
  });
});

describe('other graphics cards', () => {
  it('are those that are no mere screen of a virtual machine', () => {
    const card = { vendor: 'AMD', model: 'Navi 23', bus: 'PCI', vram: 8192, vramDynamic: false };
    const screen = {
      vendor: 'Red Hat',
      model: 'QXL paravirtual graphic card',
      bus: 'PCI',
      vram: 64,
      vramDynamic: false,
    };
    const gpus = gpusFrom({ controllers: [card, screen], displays: [] });
    assert.deepEqual(
      gpus.map((gpu) => gpu.name),
      ['Navi 23'],
    );
    assert.deepEqual(gpusFrom(null), []);
  });
});
