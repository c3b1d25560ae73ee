// A clock that moves only when everything waits for it, and streams whose service times are scripted: the dispatcher
// in exact, simulated time.
import type { Clock, Serve } from '../../../src/worker/load/dispatch.ts';

interface Alarm {
  readonly timesMs: readonly number[];
  readonly onTime: () => void;
  next: number;
}

export class FakeTime implements Clock {
  private now = 1000;
  private readonly alarms = new Set<Alarm>();
  private readonly sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  at(timesMs: readonly number[], onTime: () => void): () => void {
    const alarm = { timesMs, onTime, next: 0 };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ atMs: this.now + ms, wake }));
  }

  /** Streams that each do one thing after another. @param serviceMs of a request. */
  streams(count: number, serviceMs: (request: number) => number): Serve {
    const free = Array.from({ length: count }, () => 0);
    return async (stream, request) => {
      const begin = Math.max(this.now, free[stream]!);
      free[stream] = begin + serviceMs(request);
      await this.sleep(free[stream] - this.now);
      return serviceMs(request);
    };
  }

  /** Moves on from event to event until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const settle = (): void => void (state.settled = true);
    promise.then(settle, settle);
    for (;;) {
      await new Promise(setImmediate);
      if (state.settled) return promise;
      this.step();
    }
  }

  private step(): void {
    const alarm = [...this.alarms]
      .filter(({ next, timesMs }) => next < timesMs.length)
      .sort((a, b) => a.timesMs[a.next]! - b.timesMs[b.next]!)[0];
    const sleeper = this.sleepers.sort((a, b) => a.atMs - b.atMs)[0];
    const alarmMs = alarm?.timesMs[alarm.next] ?? Infinity;
    const sleeperMs = sleeper?.atMs ?? Infinity;
    if (alarmMs === Infinity && sleeperMs === Infinity)
      throw new Error('everything waits and nothing will happen');
    this.now = Math.max(this.now, Math.min(alarmMs, sleeperMs));
    if (sleeper !== undefined && sleeperMs <= alarmMs) {
      this.sleepers.shift();
      sleeper.wake();
    } else if (alarm !== undefined) {
      alarm.next++;
      alarm.onTime();
    }
  }
}
