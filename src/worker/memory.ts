// Memory that this process holds, and the most that it has held: from Linux's own books where there are any, so that
// no sampler and no timer is needed (a timer would not fire during a call anyway). Both count everything in the
// process: Node, ONNX Runtime and all sessions. A fact of the process, then, and of a variant only where it is alone.
import { readSystemFile } from '../machine/systemFile.ts';

const STATUS = '/proc/self/status';

/** Bytes, the high-water mark. @param status text of /proc/self/status, or null where there is none. */
export function peakRssBytes(status: string | null = readSystemFile(STATUS)): number {
  return fieldBytes(status, 'VmHWM') ?? process.resourceUsage().maxRSS * 1024;
}

/** Bytes now. @param status as above. */
export function rssBytes(status: string | null = readSystemFile(STATUS)): number {
  return fieldBytes(status, 'VmRSS') ?? process.memoryUsage.rss();
}

function fieldBytes(status: string | null, name: 'VmHWM' | 'VmRSS'): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status ?? '');
  return match?.[1] === undefined ? null : Number(match[1]) * 1024;
}
