// Whether other work takes CPU time away while we measure: time stolen by the hypervisor, waiting for a CPU
// (pressure stall information), and CPU time used by other processes. Sampled before and after a block, which
// costs about a millisecond and nothing in between. Off Linux every figure is null: nothing is known, no doubt.
import { loadavg } from 'node:os';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Machine } from '../core/schema/machine.ts';
import { cpuAllowance } from './processor.ts';
import { readSystemFile } from './systemFile.ts';

const STEAL_LIMIT_PERCENT = 1;
const PRESSURE_LIMIT_PERCENT = 5;
/** CPUs' worth of other work that is usual on an idle system with its services. */
const OTHERS_LIMIT_CPUS = 0.3;
/** Load that the program itself and the system add to that of the measuring threads. */
const LOAD_SLACK = 0.7;
/** Of /proc/stat, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface QuietnessSample {
  readonly atMs: number;
  readonly times: CpuTimes | null;
  /** Microseconds since boot in which some task waited for a CPU. */
  readonly waitedUs: number | null;
  /** CPU time of this process so far, microseconds. */
  readonly ownUs: number;
}

/** Ticks since boot over all CPUs. */
export interface CpuTimes {
  readonly busy: number;
  readonly steal: number;
  readonly total: number;
}

export interface Quietness {
  readonly stealPercent: number | null;
  /** Share of the time in which some task waited for a CPU. */
  readonly pressurePercent: number | null;
  /** CPU time of all other processes, in CPUs. */
  readonly othersCpus: number | null;
}

/** To be called in the process that measures: its CPU time is told apart from everybody else's. */
export function sampleQuietness(): QuietnessSample {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    times: parseCpuTimes(readSystemFile('/proc/stat') ?? ''),
    waitedUs: parsePressureTotal(readSystemFile('/proc/pressure/cpu') ?? ''),
    ownUs: user + system,
  };
}

export function quietnessBetween(before: QuietnessSample, after: QuietnessSample): Quietness {
  const wallMs = after.atMs - before.atMs;
  const waitedUs =
    before.waitedUs === null || after.waitedUs === null ? null : after.waitedUs - before.waitedUs;
  const pressurePercent = waitedUs === null ? null : waitedUs / 1000 / (wallMs / 100);
  if (before.times === null || after.times === null)
    return { stealPercent: null, pressurePercent, othersCpus: null };
  const total = after.times.total - before.times.total;
  const busyMs = ((after.times.busy - before.times.busy) * 1000) / TICKS_PER_SECOND;
  const ownMs = (after.ownUs - before.ownUs) / 1000;
  return {
    stealPercent: total === 0 ? 0 : (100 * (after.times.steal - before.times.steal)) / total,
    pressurePercent,
    othersCpus: Math.max(0, (busyMs - ownMs) / wallMs),
  };
}

/** What in `quietness` speaks against numbers that were taken meanwhile. */
export function quietnessDoubts(quietness: Quietness): Doubt[] {
  const { stealPercent, pressurePercent, othersCpus } = quietness;
  const doubts: Doubt[] = [];
  if (stealPercent !== null && stealPercent > STEAL_LIMIT_PERCENT) {
    doubts.push({
      code: 'cpu-steal',
      message: `the hypervisor took ${stealPercent.toFixed(1)} % of the CPU time away`,
      advice: 'use a machine with dedicated CPUs, or repeat at a quieter time',
    });
  }
  if (pressurePercent !== null && pressurePercent > PRESSURE_LIMIT_PERCENT) {
    doubts.push({
      code: 'cpu-pressure',
      message: `tasks waited for a CPU during ${pressurePercent.toFixed(0)} % of the time`,
      advice: 'end other programs, or use fewer --threads',
    });
  }
  if (othersCpus !== null && othersCpus > OTHERS_LIMIT_CPUS) {
    doubts.push({
      code: 'busy-neighbours',
      message: `other processes used ${othersCpus.toFixed(1)} CPUs`,
      advice: 'end other programs: they share caches, memory bandwidth and clock speed even on other cores',
    });
  }
  return doubts;
}

/**
 * Doubts that stand before anything is measured: too few CPUs, a load left by others, a slow governor, a machine that
 * is virtual.
 */
export function machineDoubts(
  { cpu, virtual }: Pick<Machine, 'cpu' | 'virtual'>,
  threads: number,
  load: number | null = loadAverage(),
): Doubt[] {
  const doubts: Doubt[] = [];
  const cpus = cpuAllowance(cpu.cgroupCpuLimit);
  if (cpus < threads) {
    doubts.push({
      code: 'too-few-cpus',
      message: `${threads} threads on ${cpus} usable CPU${cpus === 1 ? '' : 's'}`,
      advice: `use --threads ${Math.max(1, Math.floor(cpus))}, or raise the limit of the container`,
    });
  }
  if (load !== null && load > threads + LOAD_SLACK) {
    doubts.push({
      code: 'high-load',
      message: `load average ${load.toFixed(1)} over the last minute, of which the bench makes ${threads} at most`,
      advice: 'end other programs and wait a minute',
    });
  }
  if (cpu.governor !== null && cpu.governor !== 'performance') {
    doubts.push({
      code: 'cpu-governor',
      message: `the CPU frequency governor is ${cpu.governor}`,
      advice: 'sudo cpupower frequency-set -g performance',
    });
  }
  if (virtual !== null && virtual !== 'container') {
    doubts.push({
      code: 'virtual-machine',
      message: `not a machine of its own: ${virtual}`,
      advice: 'trust ratios more than absolute times: its neighbours cannot be seen from within',
    });
  }
  return doubts;
}

/** Watches for `intervalMs` while this process sleeps. */
export async function readQuietness(intervalMs = 1000): Promise<Quietness> {
  const before = sampleQuietness();
  await new Promise((resolve) => setTimeout(resolve, intervalMs));
  return quietnessBetween(before, sampleQuietness());
}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal (guest times are within user). */
export function parseCpuTimes(text: string): CpuTimes | null {
  const [, fields] = /^cpu\s+(.*)$/m.exec(text) ?? [];
  if (fields === undefined) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, total: busy + idle + iowait + steal };
}

/** `some avg10=1.20 avg60=0.30 avg300=0.10 total=123456` -> 123456. */
export function parsePressureTotal(text: string): number | null {
  const total = /^some .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? null : Number(total);
}

function loadAverage(): number | null {
  return process.platform === 'win32' ? null : (loadavg()[0] ?? null); // Node gives zeros on Windows
}
