// The CPU and memory limits that a container sets, which the kernel's other files do not show. A limit may stand
// on any level between this process's group and the root, so the smallest on the way up counts.
import { dirname, join } from 'node:path';
import { readSystemFile } from './systemFile.ts';

export interface CgroupLimits {
  /** CPUs' worth of time, e.g. 1.5; null without a limit. */
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

/** Version 1 writes "no limit" as the largest page-aligned 63-bit number. */
const NO_LIMIT_BYTES = 2 ** 60;

/** @param root where the system's files hang; `/` but in tests. */
export function readCgroupLimits(root = '/'): CgroupLimits {
  const groups = parseGroups(readSystemFile(join(root, 'proc/self/cgroup')) ?? '');
  const mount = join(root, 'sys/fs/cgroup');
  const cpus: (number | null)[] = [];
  const bytes: (number | null)[] = [];
  for (const folder of upward(mount, groups.get('') ?? '/')) {
    cpus.push(parseCpuMax(readSystemFile(join(folder, 'cpu.max'))));
    bytes.push(parseBytes(readSystemFile(join(folder, 'memory.max'))));
  }
  for (const folder of upward(join(mount, 'cpu'), groups.get('cpu') ?? '/')) {
    const quota = readSystemFile(join(folder, 'cpu.cfs_quota_us'));
    const period = readSystemFile(join(folder, 'cpu.cfs_period_us'));
    cpus.push(parseCpuMax(quota === null || period === null ? null : `${quota.trim()} ${period.trim()}`));
  }
  for (const folder of upward(join(mount, 'memory'), groups.get('memory') ?? '/')) {
    bytes.push(parseBytes(readSystemFile(join(folder, 'memory.limit_in_bytes'))));
  }
  return { cpus: smallest(cpus), memoryBytes: smallest(bytes) };
}

/** Lines `id:controllers:path`; version 2 has one line with no controller, kept under ''. */
export function parseGroups(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const [, controllers = '', path = '/'] of text.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    for (const controller of controllers.split(',')) groups.set(controller, path);
  }
  return groups;
}

/** `150000 100000` -> 1.5; `max 100000` and `-1 100000` -> null. */
export function parseCpuMax(text: string | null): number | null {
  const [, quota, period] = /^(\d+) (\d+)/.exec(text ?? '') ?? [];
  return quota === undefined || period === undefined ? null : Number(quota) / Number(period);
}

function parseBytes(text: string | null): number | null {
  const bytes = /^\d+$/.test(text?.trim() ?? '') ? Number(text) : Infinity;
  return bytes < NO_LIMIT_BYTES ? bytes : null;
}

/** `mount/a/b`, `mount/a`, `mount`. In a container the path may be the host's and absent below `mount`. */
function upward(mount: string, path: string): string[] {
  const folders = [mount];
  for (let inner = path; inner !== '/' && inner !== '.' && inner !== ''; inner = dirname(inner)) {
    folders.push(join(mount, inner));
  }
  return folders;
}

function smallest(limits: readonly (number | null)[]): number | null {
  const set = limits.filter((limit) => limit !== null);
  return set.length === 0 ? null : Math.min(...set);
}
