// Whether the sessions of a group fit into memory together. ONNX Runtime repacks a model's matrices for its kernels, so
// every session holds a copy of its own; seven of a BERT-base want more than 2 GB. A machine without them would start to
// swap, which is no measurement, or have the kernel kill what it likes, so it is refused beforehand, with a remedy.
import { freemem, totalmem } from 'node:os';
import { BenchError } from '../core/errors.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { Plan } from '../plan/plan.ts';

/** Memory of a worker without a session, and of what sessions compute with. */
const WORKER_BYTES = 300e6;
/** Share of the total, for a machine whose free memory cannot be told from what its caches would give back. */
const USABLE_SHARE = 0.7;

/** Bytes that a time block of the plan's hungriest group holds. @param weightBytes of a model, by name. */
export function memoryNeed(
  { groups }: Plan,
  weightBytes: (model: string) => number,
): { readonly model: string; readonly sessions: number; readonly bytes: number } | null {
  const needs = groups.map(({ group: { model }, variants }) => {
    const sessions = variants.length + 1; // the second copy of dense
    return { model, sessions, bytes: sessions * weightBytes(model) + WORKER_BYTES };
  });
  return needs.toSorted((a, b) => b.bytes - a.bytes)[0] ?? null;
}

/** @throws BenchError naming the model, what it needs and what there is. */
export function checkMemory(
  plan: Plan,
  weightBytes: (model: string) => number,
  availableBytes: number,
): void {
  const need = memoryNeed(plan, weightBytes);
  if (need === null || need.bytes <= availableBytes) return;
  throw new BenchError(
    `the ${need.sessions} sessions of a block of ${need.model} need about ${gigabytes(need.bytes)} of memory, ${gigabytes(availableBytes)} are available`,
    'measure fewer --methods and --points at a time, or free memory',
  );
}

export function availableMemory({ cgroupMemoryLimitBytes }: Pick<Machine, 'cgroupMemoryLimitBytes'>): number {
  // On Linux MemAvailable, caches included (libuv 1.45 and later).
  const free = process.platform === 'linux' ? freemem() : USABLE_SHARE * totalmem();
  return Math.min(free, cgroupMemoryLimitBytes ?? Infinity);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
