// CPU time of another process, from the kernel's books.
import { readSystemFile } from '../../machine/systemFile.ts';

const TICKS_PER_SECOND = 100;

/** User and system time so far, microseconds; 0 where it cannot be read. */
export function processCpuUs(pid: number): number {
  return parseCpuUs(readSystemFile(`/proc/${pid}/stat`) ?? '');
}

/** Fields 14 and 15; the second, the name in brackets, may hold spaces. */
export function parseCpuUs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? (ticks * 1e6) / TICKS_PER_SECOND : 0;
}
