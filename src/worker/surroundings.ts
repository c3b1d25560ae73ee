// What goes on around the timed calls of a block: other work on the machine, the clock of the processor, the garbage
// collector. Sampled before and after, and listened to between; nothing is done while a call is timed.
import type { Doubt } from '../core/schema/doubt.ts';
import { frequencyDoubts, sampleFrequency } from '../machine/frequency.ts';
import { quietnessBetween, quietnessDoubts, sampleQuietness } from '../machine/quietness.ts';
import { watchGarbageCollection } from './blockDoubts.ts';

export interface Surroundings {
  /** To be told the stamps of every timed call. */
  readonly onCall: (startMs: number, endMs: number) => void;
  /** Ends the watch. */
  doubts(): Doubt[];
}

/** Begin it when the sessions are loaded, so that the clock is already that of a busy processor. */
export function watchSurroundings(): Surroundings {
  const quietness = sampleQuietness();
  const frequency = sampleFrequency();
  const collection = watchGarbageCollection();
  const starts: number[] = []; // plain numbers: an object a call would be garbage of our own
  const ends: number[] = [];
  return {
    onCall: (startMs, endMs) => {
      starts.push(startMs);
      ends.push(endMs);
    },
    doubts: () => [
      ...quietnessDoubts(quietnessBetween(quietness, sampleQuietness())),
      ...frequencyDoubts(frequency, sampleFrequency()),
      ...collection.doubts(starts.map((startMs, index) => ({ startMs, endMs: ends[index] ?? startMs }))),
    ],
  };
}
