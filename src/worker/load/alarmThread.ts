// The thread behind clock.ts: sleeps until each time and tells it, then tells -1.
import { parentPort } from 'node:worker_threads';
import { monotonicMs, type Alarm } from './clock.ts';

parentPort?.on('message', ({ timesMs, stop }: Alarm) => {
  const flag = new Int32Array(stop);
  timesMs.forEach((timeMs, index) => {
    for (let leftMs = timeMs - monotonicMs(); leftMs > 0; leftMs = timeMs - monotonicMs()) {
      if (Atomics.wait(flag, 0, 0, leftMs) === 'not-equal' || Atomics.load(flag, 0) !== 0) break;
    }
    if (Atomics.load(flag, 0) === 0) parentPort?.postMessage(index);
  });
  parentPort?.postMessage(-1);
});
