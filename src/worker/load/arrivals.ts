// What is asked and when: the order of the inputs and the schedule of a Poisson process, both from a seed, so that
// every variant, and whoever repeats the run, faces the same requests at the same times.
import type { Random } from '../../core/random.ts';

/**
 * Arrival times from the start, ascending: gaps are exponential with mean 1/rate, by inversion.
 * @returns milliseconds.
 */
export function poissonArrivals(random: Random, ratePerSecond: number, count: number): number[] {
  let atMs = 0;
  return Array.from({ length: count }, () => {
    atMs += (-Math.log(1 - random.next()) * 1000) / ratePerSecond; // next() is below 1
    return atMs;
  });
}

/** Endless: every input once in random order, then all again in another order. */
export function* inputOrder(random: Random, inputs: number): Generator<number, never> {
  const all = Array.from({ length: inputs }, (_, index) => index);
  for (;;) yield* random.shuffle(all);
}

/** Forwards, then backwards (ABBA), and the first one later in every pair of turns. */
export function turnOrder<T>(shuffled: readonly T[], turn: number): readonly T[] {
  const cut = Math.floor(turn / 2) % Math.max(1, shuffled.length);
  const forwards = [...shuffled.slice(cut), ...shuffled.slice(0, cut)];
  return turn % 2 === 0 ? forwards : forwards.reverse();
}
