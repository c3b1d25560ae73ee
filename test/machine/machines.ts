// Machines made from recordings.
import type { MachineFacts } from '../../src/machine/fingerprint.ts';
import { parseNvidiaSmi } from '../../src/machine/gpus.ts';
import { isaOf } from '../../src/machine/isa.ts';
import { parseCpuinfo } from '../../src/machine/processor.ts';

/** A Linux x64 machine with that /proc/cpuinfo and that answer of nvidia-smi. */
export function factsFrom(cpuinfo: string, { gpus = '' } = {}): MachineFacts {
  const processor = parseCpuinfo(cpuinfo);
  if (processor === null) throw new Error('the recording names no processor');
  return {
    os: 'Linux',
    arch: 'x64',
    cpu: {
      ...processor,
      flags: [...processor.flags],
      isa: isaOf('x64', processor.flags),
      governor: null,
      cgroupCpuLimit: null,
      cacheL2Bytes: null,
      cacheL3Bytes: null,
    },
    memoryBytes: 2 ** 33,
    cgroupMemoryLimitBytes: null,
    virtual: null,
    gpus: parseNvidiaSmi(gpus),
    versions: { node: '20.20.2', onnxruntime: '1.30.0', bench: '0.1.0' },
  };
}
