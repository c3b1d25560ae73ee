// The manual baseline: thresholds on a straight line, theta_l = final * l / L with the first layer untouched (METHODS
// of LTP's own second baseline), so that one number is to be found. Its FLOPs fall as it grows, so it is found by
// bisection on measured FLOPs; nothing is left to search.
import { offBy, type Candidate } from './candidate.ts';
import type { Evaluate } from './evaluation.ts';

const LARGEST = 64;
const TRIES = 24;

export function ramp(final: number, layers: number): number[] {
  return Array.from({ length: layers }, (_, layer) => (final * layer) / layers);
}

/** @returns the closest to the target of what was measured. */
export async function searchRamp(
  evaluate: Evaluate,
  layers: number,
  target: number,
  tolerance: number,
): Promise<Candidate> {
  const measure = async (final: number): Promise<Candidate> => ({
    keeps: [],
    evaluation: await evaluate(ramp(final, layers)),
  });
  let [low, high] = [0, 2];
  let best = await measure(high);
  while (best.evaluation.flopsShare > target && high < LARGEST) {
    [low, high] = [high, high * 2];
    best = await measure(high);
  }
  for (let step = 0; step < TRIES && offBy(best, target) > tolerance; step++) {
    const middle = (low + high) / 2;
    const next = await measure(middle);
    if (next.evaluation.flopsShare > target) low = middle;
    else high = middle;
    if (offBy(next, target) < offBy(best, target)) best = next;
  }
  return best;
}
