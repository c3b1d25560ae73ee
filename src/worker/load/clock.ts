// The real clock of the dispatcher. Node's timers fire on whole milliseconds and up to one late, which at a service
// time of three would be seen in every latency. So arrivals are timed by a thread that sleeps in Atomics.wait, which
// takes fractions of a millisecond, and tells the dispatcher by a message: some tenths of a millisecond late at
// worst on an idle core, without spinning on one.
import { Worker } from 'node:worker_threads';
import type { Clock } from './dispatch.ts';

/** Milliseconds of the machine's monotonic clock, the same in every thread; performance.now() is not. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What the thread is told. */
export interface Alarm {
  readonly timesMs: readonly number[];
  /** One Int32: 0, or 1 to end it. */
  readonly stop: SharedArrayBuffer;
}

export interface AlarmClock extends Clock {
  /** Ends the threads. */
  close(): Promise<void>;
}

export function openClock(): AlarmClock {
  const bells: Bell[] = [];
  return {
    nowMs: monotonicMs,
    at(timesMs, onTime) {
      if (timesMs.length === 0) return () => undefined;
      const bell = bells.find(({ busy }) => !busy) ?? new Bell();
      if (!bells.includes(bell)) bells.push(bell);
      return bell.set(timesMs, onTime);
    },
    close: async () => {
      await Promise.all(bells.map((bell) => bell.close()));
    },
  };
}

/** One thread, reused from alarm to alarm: starting one takes tens of milliseconds. */
class Bell {
  busy = false;
  private readonly thread = new Worker(new URL('./alarmThread.js', import.meta.url));
  private ring: (index: number) => void = () => undefined;

  constructor() {
    this.thread.on('message', (index: number) => {
      if (index < 0) this.busy = false;
      else this.ring(index);
    });
    this.thread.unref();
  }

  set(timesMs: readonly number[], onTime: () => void): () => void {
    const shared = new SharedArrayBuffer(4);
    const stop = new Int32Array(shared);
    this.busy = true;
    this.ring = onTime;
    const alarm: Alarm = { timesMs, stop: shared };
    this.thread.postMessage(alarm);
    return () => {
      this.ring = () => undefined;
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
    };
  }

  async close(): Promise<void> {
    await this.thread.terminate();
  }
}
