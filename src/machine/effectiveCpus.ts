// How many CPUs' worth of work n busy threads really get: on a shared machine two threads may get one CPU's, with
// nothing in /proc to show for it. One thread alone gives the reference, then all work at once. Costs the start of n
// threads and 80 milliseconds, before a block and never during one.
import { Worker } from 'node:worker_threads';
import type { Doubt } from '../core/schema/doubt.ts';
import type { BusyOrder, BusyReport } from './busyThread.ts';

const REFERENCE_MS = 25;
const TOGETHER_MS = 50;
/** Effective CPUs a thread below which the machine is not quiet (as in perf's and MLPerf's habit, a tenth). */
export const LEAST_SHARE = 0.9;
/**
 * Threads that work together run at a lower turbo clock than one alone, up to a seventh on server processors, which
 * is no contention. So each is held against its own pace, as long as that is not slower than alone by more than this:
 * one that is shares its core.
 */
const TURBO_FACTOR = 1.2;
const MOST_THREADS = 64;

/** @returns between 0 and `threads`; null where threads cannot be started. */
export async function probeEffectiveCpus(threads: number): Promise<number | null> {
  const workers = Array.from({ length: Math.min(threads, MOST_THREADS) }, startWorker);
  try {
    await Promise.all(workers.map(nextMessage));
    const [first] = workers;
    if (first === undefined) return null;
    const alone = await work([first], REFERENCE_MS);
    const together = await work(workers, TOGETHER_MS);
    return effectiveCpusOf(alone[0], together) * (threads / workers.length);
  } catch {
    return null;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Work done by all, in units of what one undisturbed CPU does in the same time. */
export function effectiveCpusOf(alone: BusyReport | undefined, together: readonly BusyReport[]): number {
  const slowestFairMs = (alone?.pieceMs ?? Infinity) * TURBO_FACTOR;
  const shares = together.map(({ pieces, wallMs, pieceMs }) =>
    wallMs === 0 ? 0 : Math.min(1, (pieces * Math.min(pieceMs, slowestFairMs)) / wallMs),
  );
  return shares.reduce((sum, share) => sum + share, 0);
}

export interface PatientProbe {
  readonly threads: number;
  /** Time after which no further try is begun. */
  readonly patienceMs: number;
  readonly probe?: (threads: number) => Promise<number | null>;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly nowMs?: () => number;
}

const PAUSE_MS = 2000;

/** Tries again while the CPUs are taken, as long as there is patience: many neighbours are short. */
export async function waitForCpus(options: PatientProbe): Promise<number | null> {
  const { threads, patienceMs, probe = probeEffectiveCpus, sleep = pause } = options;
  const nowMs = options.nowMs ?? ((): number => performance.now());
  const endMs = nowMs() + patienceMs;
  for (;;) {
    const cpus = await probe(threads);
    const leftMs = endMs - nowMs();
    if (cpus === null || cpus >= LEAST_SHARE * threads || leftMs <= 0) return cpus;
    await sleep(Math.min(PAUSE_MS, leftMs));
  }
}

export function effectiveCpuDoubts(cpus: number | null, threads: number): Doubt[] {
  if (cpus === null || cpus >= LEAST_SHARE * threads) return [];
  return [
    {
      code: 'few-effective-cpus',
      message: `${threads} busy thread${threads === 1 ? '' : 's'} got the work of ${cpus.toFixed(2)} CPUs done`,
      advice: 'end other programs, use fewer --threads, or a machine with dedicated CPUs',
    },
  ];
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./busyThread.js', import.meta.url), {
    workerData: 'busy',
    stdin: false,
  });
  worker.setMaxListeners(20);
  return worker;
}

async function work(workers: readonly Worker[], ms: number): Promise<BusyReport[]> {
  const order: BusyOrder = { untilMs: performance.timeOrigin + performance.now() + ms };
  const answers = workers.map(nextMessage);
  for (const worker of workers) worker.postMessage(order);
  return (await Promise.all(answers)) as BusyReport[]; // what busyThread.ts posts
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the busy thread ended')));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
