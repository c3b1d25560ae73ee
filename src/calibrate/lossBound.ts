// The other goal: as few FLOPs as a bound on the loss allows. Bisection over FLOPs targets, in logarithms; at each
// target the best schedule found is landed on it, and its loss on the calibration examples says which way to go. A loss of
// few examples is a step function with noise (answers that turn right and wrong may cancel by luck: top-k once showed no
// loss at 2.28x on 256 examples and 4.7 points on others), so its standard error is added before it is compared, and
// the answer is the cheapest setting that was measured within the bound, not where a curve would cross it.
import type { Candidate } from './candidate.ts';

export interface Tried {
  readonly candidate: Candidate;
  readonly within: boolean;
}

export interface BoundOptions {
  readonly bound: number;
  /** FLOPs shares between which the answer is looked for, e.g. 1/4 and 1. */
  readonly least: number;
  readonly rounds: number;
  readonly enough: () => boolean;
}

/** @param solve the best schedule at a FLOPs share, measured on all calibration examples. */
export async function searchBound(
  solve: (target: number, round: number) => Promise<Candidate>,
  { bound, least, rounds, enough }: BoundOptions,
): Promise<readonly Tried[]> {
  let [low, high] = [least, 1];
  const tried: Tried[] = [];
  for (let round = 0; round < rounds && !(round > 0 && enough()); round++) {
    const target = Math.sqrt(low * high);
    const candidate = await solve(target, round);
    const { loss, lossError } = candidate.evaluation;
    const within = loss + lossError <= bound;
    tried.push({ candidate, within });
    if (within) high = target;
    else low = target;
  }
  return tried;
}

/** The cheapest that keeps the bound; null if none does. */
export function cheapestWithin(tried: readonly Tried[]): Candidate | null {
  return tried
    .filter(({ within }) => within)
    .reduce<Candidate | null>(
      (best, { candidate }) =>
        best === null || candidate.evaluation.flopsShare < best.evaluation.flopsShare ? candidate : best,
      null,
    );
}
