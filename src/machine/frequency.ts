// Whether the processor runs at the speed it should: clocks, throttle counters and temperatures, where the system
// tells them (virtual machines mostly do not; then every value is null and nothing is concluded). Read before and
// after a block, a few small files each time; nothing is read while calls are timed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Doubt } from '../core/schema/doubt.ts';
import { readSystemFile } from './systemFile.ts';

export interface FrequencySample {
  /** Clock of the fastest core at this moment; the core that asks is among them, and it is busy. */
  readonly fastestMhz: number | null;
  /** Highest that the driver may choose, turbo included. */
  readonly maxMhz: number | null;
  /** Times since boot that cores or packages were slowed down for their heat, all cores together. */
  readonly throttleEvents: number | null;
  readonly hottestCelsius: number | null;
}

/** A clock this much lower at the end of a block than at its begin, while the same work goes on. */
const FALL_LIMIT_SHARE = 0.1;

const CPU_FOLDER = 'sys/devices/system/cpu';

/** @param root where the system's files hang; `/` but in tests. */
export function sampleFrequency(root = '/'): FrequencySample {
  const cores = foldersIn(join(root, CPU_FOLDER), /^cpu\d+$/);
  const each = (file: string): number[] => cores.flatMap((core) => numberIn(join(core, file)) ?? []);
  const zones = foldersIn(join(root, 'sys/class/thermal'), /^thermal_zone\d+$/);
  const celsius = zones.flatMap((zone) => numberIn(join(zone, 'temp')) ?? []).map((milli) => milli / 1000);
  const counts = [
    ...each('thermal_throttle/core_throttle_count'),
    ...each('thermal_throttle/package_throttle_count'),
  ];
  return {
    fastestMhz: inMhz(highest(each('cpufreq/scaling_cur_freq'))) ?? cpuinfoMhz(root),
    maxMhz: inMhz(highest(each('cpufreq/cpuinfo_max_freq'))),
    throttleEvents: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    hottestCelsius: highest(celsius.filter((value) => value > 0)), // broken sensors read 0 or less
  };
}

export function frequencyDoubts(before: FrequencySample, after: FrequencySample): Doubt[] {
  return [...throttled(before, after), ...fallen(before, after)];
}

function throttled(before: FrequencySample, after: FrequencySample): Doubt[] {
  if (before.throttleEvents === null || after.throttleEvents === null) return [];
  const events = after.throttleEvents - before.throttleEvents;
  if (events <= 0) return [];
  const heat = after.hottestCelsius === null ? '' : ` (${after.hottestCelsius.toFixed(0)} °C)`;
  return [
    {
      code: 'thermal-throttling',
      message: `the processor slowed down ${events} time${events === 1 ? '' : 's'} because of heat${heat}`,
      advice: 'improve the cooling, or let the machine rest before the run',
    },
  ];
}

function fallen(before: FrequencySample, after: FrequencySample): Doubt[] {
  const [start, end] = [before.fastestMhz, after.fastestMhz];
  if (start === null || end === null || end >= start * (1 - FALL_LIMIT_SHARE)) return [];
  return [
    {
      code: 'frequency-drop',
      message: `the clock of the fastest core fell from ${start.toFixed(0)} to ${end.toFixed(0)} MHz within a block`,
      advice: 'fix the clock: governor "performance", turbo off',
    },
  ];
}

/** Without a frequency driver, as in virtual machines; often the nominal clock, which never moves. */
function cpuinfoMhz(root: string): number | null {
  const lines = (readSystemFile(join(root, 'proc/cpuinfo')) ?? '').matchAll(/^cpu MHz\s*:\s*([\d.]+)$/gm);
  return highest([...lines].map(([, mhz]) => Number(mhz)));
}

/** Turbo on or off, by Intel's driver or the common switch; null where neither exists. */
export function readTurbo(root = '/'): boolean | null {
  const off = readSystemFile(join(root, CPU_FOLDER, 'intel_pstate/no_turbo'))?.trim();
  if (off !== undefined) return off === '0';
  const boost = readSystemFile(join(root, CPU_FOLDER, 'cpufreq/boost'))?.trim();
  return boost === undefined ? null : boost === '1';
}

/** Whether hyper-threads are in use; null where the system does not tell. */
export function readSmt(root = '/'): boolean | null {
  const active = readSystemFile(join(root, CPU_FOLDER, 'smt/active'))?.trim();
  return active === undefined ? null : active === '1';
}

/** `always [madvise] never` -> `madvise`; null where the kernel has no transparent huge pages. */
export function readHugePageMode(root = '/'): string | null {
  const text = readSystemFile(join(root, 'sys/kernel/mm/transparent_hugepage/enabled'));
  return /\[(\w+)\]/.exec(text ?? '')?.[1] ?? null;
}

function foldersIn(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // not Linux, or not told in this container
  }
}

function numberIn(path: string): number | null {
  const text = readSystemFile(path)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

function highest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

function inMhz(khz: number | null): number | null {
  return khz === null ? null : khz / 1000;
}
