// The interval of a ratio over blocks. Fresh processes differ by more than any one of them can see, so blocks are
// resampled first and rounds within the drawn block second. With few blocks the plain bootstrap is too narrow (3
// blocks: 75 % coverage for a nominal 95 %), so the ends are moved out by Student's t over the normal quantile:
// about 95 % where the blocks differ, wider than needed where they do not. test/stats simulates both.
import type { Random } from '../core/random.ts';
import type { Interval } from '../core/schema.ts';
import { Z95 } from './proportions.ts';
import { geometricMean, mean, quantile, sortSamples } from './samples.ts';
import { student95 } from './student.ts';

export interface BlockRatio {
  readonly ratio: number;
  /** The same ratio from resampled rounds of this block. */
  readonly replicates: readonly number[];
}

const DRAWS = 2000;

/** @param blocks at least one; with one, only its rounds are resampled, and the caller should say so. */
export function ratioInterval(blocks: readonly BlockRatio[], random: Random): Interval {
  const centre = geometricMean(blocks.map((block) => block.ratio));
  const replicates = blocks.map((block) => block.replicates.map(Math.log));
  const draws = Array.from({ length: DRAWS }, () =>
    mean(blocks.map(() => random.pick(random.pick(replicates)))),
  );
  const sorted = sortSamples(draws);
  const stretch = blocks.length === 1 ? 1 : student95(blocks.length - 1) / Z95;
  const end = (probability: number): number =>
    Math.exp(Math.log(centre) + stretch * (quantile(sorted, probability) - Math.log(centre)));
  return { median: centre, low: Math.min(end(0.025), centre), high: Math.max(end(0.975), centre) };
}
