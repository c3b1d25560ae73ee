// The most memory that this process has held. Linux's own high-water mark where there is one; it includes the
// weights of every session of the block, which is why it is a fact of the block and not of one variant.
import { readFileSync } from 'node:fs';

/** Bytes. @param status text of /proc/self/status, or null where there is none. */
export function peakRssBytes(status: string | null = readStatus()): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '');
  if (match?.[1] !== undefined) return Number(match[1]) * 1024;
  return process.resourceUsage().maxRSS * 1024;
}

function readStatus(): string | null {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return null; // not Linux
  }
}
