// The machine as it goes into every run, and a short hash of what makes its numbers its own: two runs with one
// fingerprint may be compared, two with different ones may not. Call it outside of timing: it starts programs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release, totalmem, type } from 'node:os';
import { osInfo, type Systeminformation } from 'systeminformation';
import { z } from 'zod';
import { sha256Hex, stableJson } from '../core/hash.ts';
import { programVersion } from '../core/root.ts';
import type { Machine } from '../core/schema/machine.ts';
import { readCgroupLimits } from './cgroup.ts';
import { readGpus } from './gpus.ts';
import { ISA_LABELS, isaOf } from './isa.ts';
import { guarded, readCacheBytes, readGovernor, readProcessor } from './processor.ts';
import { readVirtual } from './virtual.ts';

/** Everything about the machine but its name and fingerprint, which follow from it. */
export type MachineFacts = Omit<Machine, 'label' | 'fingerprint'>;

export async function readMachine(): Promise<Machine> {
  const [processor, gpus, system] = await Promise.all([readProcessor(), readGpus(), guarded(osInfo)]);
  const limits = readCgroupLimits();
  const facts: MachineFacts = {
    os: osName(system),
    arch: process.arch,
    cpu: {
      ...processor,
      flags: [...processor.flags],
      isa: isaOf(process.arch, processor.flags),
      governor: readGovernor(),
      cgroupCpuLimit: limits.cpus,
      cacheL2Bytes: readCacheBytes(2),
      cacheL3Bytes: readCacheBytes(3),
    },
    memoryBytes: totalmem(),
    cgroupMemoryLimitBytes: limits.memoryBytes,
    virtual: readVirtual(processor.flags),
    gpus,
    versions: readVersions(),
  };
  return describeMachine(facts);
}

export function describeMachine(facts: MachineFacts): Machine {
  return { label: labelOf(facts), fingerprint: fingerprintOf(facts), ...facts };
}

/**
 * Left out on purpose: memory, kernel, driver and Node versions, governor and the name of the hypervisor. They
 * stand in the run beside the hash; a security update must not cut a nightly series in two.
 */
export function fingerprintOf(facts: MachineFacts): string {
  const { brand, family, model, isa, physicalCores, logicalCores, cgroupCpuLimit } = facts.cpu;
  const own = {
    cpu: { brand, family, model, isa, physicalCores, logicalCores, cgroupCpuLimit },
    onnxruntime: facts.versions.onnxruntime,
    gpus: facts.gpus.map((gpu) => gpu.name),
  };
  return sha256Hex(stableJson(own)).slice(0, 12);
}

/** e.g. `Intel Xeon E5-2690 v3 (12 cores, AVX2 + FMA)`, `Tesla T4 with Intel Xeon (2 cores, AVX-512)`. */
export function labelOf({ cpu, gpus }: MachineFacts): string {
  const brand = cpu.brand
    .replaceAll(/\((R|TM)\)|[®™]/gi, '')
    .replaceAll(/\b(CPU|Processor)\b|@ .*$/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const cores = `${cpu.physicalCores} core${cpu.physicalCores === 1 ? '' : 's'}`;
  const limit = cpu.cgroupCpuLimit === null ? '' : ` of which ${cpu.cgroupCpuLimit} may be used`;
  const own = `${brand || 'unknown processor'} (${cores}${limit}, ${isaLabel(cpu.isa)})`;
  return gpus.length === 0 ? own : `${gpus.map((gpu) => gpu.name).join(' + ')} with ${own}`;
}

function isaLabel(isa: string): string {
  const labels: Readonly<Record<string, string | undefined>> = ISA_LABELS;
  return labels[isa] ?? isa; // a run read back from disk may know a name that this version does not
}

function osName(system: Systeminformation.OsData | null): string {
  const named = [system?.distro, system?.release].filter(Boolean).join(' ');
  return named === '' ? `${type()} ${release()}` : `${named}, ${system?.kernel ?? release()}`;
}

const manifestSchema = z.object({ version: z.string() });

/** From the package files: the native library need not be loaded to know its version. */
function readVersions(): Machine['versions'] {
  const require = createRequire(import.meta.url);
  return {
    node: process.versions.node,
    onnxruntime: versionIn(require.resolve('onnxruntime-node/package.json')),
    bench: programVersion(),
  };
}

function versionIn(path: string): string {
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}
