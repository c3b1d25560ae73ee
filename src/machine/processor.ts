// What the processor is. On Linux from /proc and /sys, which say the same in every container and cost nothing;
// elsewhere from systeminformation. A fact that the system does not tell is '' or null, never guessed.
import { availableParallelism, cpus } from 'node:os';
import { cpu as systemCpu, type Systeminformation } from 'systeminformation';
import { readSystemFile } from './systemFile.ts';

/** As the system tells it, before anything is concluded. */
export interface Processor {
  readonly brand: string;
  readonly vendor: string;
  /** Decimal, as /proc/cpuinfo writes them: a Haswell server is family 6, model 63. */
  readonly family: string;
  readonly model: string;
  readonly stepping: string;
  readonly physicalCores: number;
  readonly logicalCores: number;
  readonly flags: readonly string[];
}

export async function readProcessor(): Promise<Processor> {
  const text = readSystemFile('/proc/cpuinfo');
  const parsed = text === null ? null : parseCpuinfo(text);
  if (parsed !== null) return parsed;
  return processorFrom(await guarded(systemCpu));
}

/** Null where /proc/cpuinfo does not name the processor (it does on x86, not on ARM). */
export function parseCpuinfo(text: string): Processor | null {
  const packages = text.split(/\n\s*\n/).map(parseFields);
  const processors = packages.filter((fields) => fields.has('processor'));
  const first = processors[0];
  if (first?.get('model name') === undefined) return null;
  const field = (name: string): string => first.get(name) ?? '';
  const cores = new Set(
    processors.map((each) => `${each.get('physical id') ?? '0'}:${each.get('core id') ?? '?'}`),
  );
  const known = first.has('core id');
  return {
    brand: field('model name'),
    vendor: field('vendor_id'),
    family: field('cpu family'),
    model: field('model'),
    stepping: field('stepping'),
    physicalCores: known ? cores.size : processors.length,
    logicalCores: processors.length,
    flags: field('flags').split(' ').filter(Boolean),
  };
}

function parseFields(block: string): ReadonlyMap<string, string> {
  const lines = block.split('\n').map((line) => line.split(':'));
  return new Map(lines.map(([name = '', ...rest]) => [name.trim(), rest.join(':').trim()]));
}

/** From systeminformation (macOS, Windows, Linux on ARM); null when even that failed. */
export function processorFrom(info: Systeminformation.CpuData | null): Processor {
  const logical = info?.cores ?? cpus().length;
  return {
    brand: [info?.manufacturer, info?.brand].filter(Boolean).join(' ') || (cpus()[0]?.model ?? 'unknown'),
    vendor: info?.vendor ?? '',
    family: info?.family ?? '',
    model: info?.model ?? '',
    stepping: info?.stepping ?? '',
    physicalCores: info?.physicalCores ?? logical,
    logicalCores: logical,
    flags: (info?.flags ?? '').toLowerCase().split(' ').filter(Boolean),
  };
}

/** CPUs that this process may run on, a CPU quota included; a fraction where the quota is one. */
export function cpuAllowance(cgroupCpuLimit: number | null): number {
  return Math.min(availableParallelism(), cgroupCpuLimit ?? Infinity);
}

/** Read from the first CPU; null where the system does not tell (often so in virtual machines and off Linux). */
export function readGovernor(): string | null {
  return readSystemFile('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim() ?? null;
}

/** Bytes of the unified cache of `level` that serves the first CPU. */
export function readCacheBytes(level: 2 | 3): number | null {
  const text = readSystemFile(`/sys/devices/system/cpu/cpu0/cache/index${level}/size`);
  return text === null ? null : parseCacheSize(text);
}

/** `2048K` -> 2097152. */
export function parseCacheSize(text: string): number | null {
  const [, digits, unit] = /^(\d+)([KM]?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * (unit === 'K' ? 2 ** 10 : unit === 'M' ? 2 ** 20 : 1);
}

/** systeminformation asks many system programs; where one of them is odd, a null is better than no run. */
export async function guarded<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch {
    return null;
  }
}
