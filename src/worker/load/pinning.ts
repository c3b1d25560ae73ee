// Which CPUs each stream may use. Node cannot set an affinity, and a thread of it cannot be given another than its
// process; so streams are processes, started through `taskset` (util-linux), which sets its own affinity and becomes
// Node. That it acted is read back from the kernel's books for every thread of the stream.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { readSystemFile } from '../../machine/systemFile.ts';

const run = promisify(execFile);

/** `0-2,7` -> [0, 1, 2, 7], as in Cpus_allowed_list. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = Number.NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** CPUs that this process may use, one hardware thread of each core first; null off Linux. */
export function usableCpus(): number[] | null {
  const allowed = allowedCpus('/proc/self/status');
  if (allowed === null) return null;
  return coresFirst(allowed, (cpu) =>
    parseCpuList(
      readSystemFile(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`) ?? String(cpu),
    ),
  );
}

/** @param siblingsOf the hardware threads of a CPU's core, itself included. */
export function coresFirst(
  cpus: readonly number[],
  siblingsOf: (cpu: number) => readonly number[],
): number[] {
  const rank = (cpu: number): number =>
    siblingsOf(cpu)
      .filter((other) => cpus.includes(other))
      .indexOf(cpu);
  return cpus.toSorted((a, b) => rank(a) - rank(b) || a - b);
}

/** `threads` CPUs for each stream, none twice; null where there are too few. */
export function cpuSets(cpus: readonly number[], streams: number, threads: number): number[][] | null {
  if (cpus.length < streams * threads) return null;
  return Array.from({ length: streams }, (_, stream) =>
    cpus.slice(stream * threads, (stream + 1) * threads).sort((a, b) => a - b),
  );
}

/** The command that starts something on these CPUs alone. */
export function tasksetCommand(cpus: readonly number[]): readonly string[] {
  return ['taskset', '-c', cpus.join(',')];
}

/** Why processes cannot be pinned to these CPUs; null if they can. */
export async function pinningObstacle(cpus: readonly number[]): Promise<string | null> {
  if (process.platform !== 'linux') return `${process.platform} offers no way to pin a process`;
  const [command = '', ...words] = tasksetCommand(cpus);
  try {
    await run(command, [...words, 'true']);
    return null;
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    return missing ? 'there is no taskset (package util-linux)' : 'taskset was refused';
  }
}

/** Whether every thread of the process may use these CPUs and no others; null where that cannot be read. */
export function isPinnedTo(pid: number, cpus: readonly number[]): boolean | null {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).every((task) => allowedCpus(`${tasks}/${task}/status`)?.join() === cpus.join());
  } catch {
    return null;
  }
}

function allowedCpus(statusFile: string): number[] | null {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readSystemFile(statusFile) ?? '')?.[1];
  return list === undefined ? null : parseCpuList(list);
}
