// The processor's energy counters (RAPL: Running Average Power Limit), as Linux shows them in its power-capping
// folder; AMD's since family 17h are there under the same name (Linux 5.8). A counter runs in microjoules up to
// `max_energy_range_uj` and starts again from zero: after minutes to an hour, so at most once in a stretch.
// Since CVE-2020-8694 (Linux 5.10) only root may read it, and a container or a virtual machine rarely has it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnergyMeter, MeterOrReason } from './energyMeter.ts';
import { readSystemFile } from './systemFile.ts';

const FOLDER = 'sys/class/powercap';
/** `intel-rapl:0` is a socket, `intel-rapl:0:1` a part of it; `intel-rapl-mmio:0` is the same socket again. */
const ZONE = /^intel-rapl:\d+(:\d+)?$/;
/** Disjoint zones that make up the whole: cores and uncore are within package, psys has package within it. */
const COUNTED = /^(package|dram)/;

interface Zone {
  readonly name: string;
  readonly path: string;
  /** Null where the range is not told: then a counter that fell is an error, not a wrap-around. */
  readonly rangeUj: number | null;
}

type Read = (path: string) => string;

/** @param root where the system's files hang. @param read of a counter; another one under test. */
export function openRapl(
  root: string,
  platform: NodeJS.Platform = process.platform,
  read: Read = (path) => readFileSync(path, 'utf8'),
): MeterOrReason {
  const folder = join(root, FOLDER);
  if (platform !== 'linux') return refused(`the processor's energy counter is read on Linux only`);
  const zones = zonesIn(folder);
  if (zones.length === 0) {
    return refused(
      `there is no RAPL counter under /${FOLDER} (virtual machines rarely have one; on a real machine: sudo modprobe intel_rapl_msr)`,
    );
  }
  const readable = zones.filter(({ path }) => attempt(path, read) === null);
  if (!readable.some(({ name }) => name.startsWith('package'))) {
    const why = attempt(zones[0]?.path ?? folder, read) ?? 'no package counter';
    return refused(
      `${why} at /${FOLDER}/intel-rapl:*/energy_uj (until the next boot: sudo chmod a+r /${FOLDER}/intel-rapl:*/energy_uj /${FOLDER}/intel-rapl:*/max_energy_range_uj)`,
    );
  }
  return { meter: meterOf(readable, read), reason: null };
}

const refused = (why: string): MeterOrReason => ({ meter: null, reason: `not available: ${why}` });

function zonesIn(folder: string): Zone[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((zone) => ZONE.test(zone))
    .sort()
    .map((zone) => ({
      name: readSystemFile(join(folder, zone, 'name'))?.trim() ?? '',
      path: join(folder, zone, 'energy_uj'),
      rangeUj: wholeNumber(readSystemFile(join(folder, zone, 'max_energy_range_uj'))),
    }))
    .filter(({ name }) => COUNTED.test(name));
}

/** Why a counter cannot be read; null if it can. */
function attempt(path: string, read: Read): string | null {
  try {
    return wholeNumber(read(path)) === null ? 'no number' : null;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException; // of the file system
    return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : `not readable (${code ?? '?'})`;
  }
}

function meterOf(zones: readonly Zone[], read: Read): EnergyMeter {
  const source = `RAPL ${[...new Set(zones.map(({ name }) => name))].join(' + ')}`;
  return {
    source,
    start: () => {
      const before = zones.map(({ path }) => readCounter(path, read));
      const stop = (): Promise<number> => {
        const uj = zones.map((zone, index) => growth(zone, before[index] ?? 0, readCounter(zone.path, read)));
        return Promise.resolve(uj.reduce((sum, each) => sum + each, 0) / 1e6);
      };
      return Promise.resolve({ stop });
    },
  };
}

function readCounter(path: string, read: Read): number {
  const value = wholeNumber(read(path));
  if (value === null) throw new Error(`${path} holds no number any more`);
  return value;
}

/** Microjoules; a counter that is behind where it was has started again from zero. */
function growth({ path, rangeUj }: Zone, before: number, after: number): number {
  if (after >= before) return after - before;
  if (rangeUj === null) throw new Error(`${path} fell, and its range is not readable`);
  return rangeUj - before + after;
}

function wholeNumber(text: string | null): number | null {
  const digits = text?.trim() ?? '';
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
