// A thread that is busy on demand, for the probe of effectiveCpus.ts. It counts equal pieces of work, so that what a
// CPU gave is known by the work done and not by what the scheduler believes: time that a hypervisor stole looks like
// CPU time from within, and a sibling hyper-thread slows work down without taking any time.
import { parentPort, workerData } from 'node:worker_threads';

export interface BusyOrder {
  /** To work until then, milliseconds of Unix time: `performance.now` begins anew in every thread. */
  readonly untilMs: number;
}

/** What a thread got done. */
export interface BusyReport {
  readonly pieces: number;
  readonly wallMs: number;
  /** Median of a piece: what it takes while the thread has a CPU, since a thread loses it for many pieces at once. */
  readonly pieceMs: number;
}

/** Four independent chains of multiplications and additions, 20 to 60 microseconds. */
function piece(length: number): number {
  let [a, b, c, d] = [1.1, 1.2, 1.3, 1.4];
  for (let i = 0; i < length; i++) {
    a = a * 0.999 + 0.1;
    b = b * 0.998 + 0.2;
    c = c * 0.997 + 0.3;
    d = d * 0.996 + 0.4;
  }
  return a + b + c + d;
}

const PIECE_LENGTH = 20_000;

export function workUntil(untilMs: number, nowMs: () => number = unixMs): BusyReport {
  const start = nowMs();
  const pieces: number[] = [];
  let [last, sink] = [start, 0];
  while (last < untilMs) {
    sink += piece(PIECE_LENGTH);
    const now = nowMs();
    pieces.push(now - last);
    last = now;
  }
  if (Number.isNaN(sink)) throw new Error('the work went wrong'); // it must not be optimised away
  const middle = pieces.sort((a, b) => a - b)[Math.floor(pieces.length / 2)];
  return { pieces: pieces.length, wallMs: last - start, pieceMs: middle ?? 0 };
}

function unixMs(): number {
  return performance.timeOrigin + performance.now();
}

if (parentPort !== null && workerData === 'busy') {
  const port = parentPort;
  for (let i = 0; i < 200; i++) piece(PIECE_LENGTH / 10); // compiled before it counts
  port.on('message', ({ untilMs }: BusyOrder) => port.postMessage(workUntil(untilMs)));
  port.postMessage('ready');
}
