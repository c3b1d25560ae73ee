// The interval of a ratio over blocks. Fresh processes differ by more than any one of them can see, so blocks are
// resampled first and rounds within the drawn block second. Two corrections make its 95 % true (test/stats simulates
// both, and the rule by which a run stops early):
// * Drawing both levels as they are counts the rounds' noise twice, since the blocks' own spread holds it already
//   (Davison & Hinkley 1997, section 3.8). The draws within a block are scaled so that the variance of the mean is
//   the unbiased one, S^2 / n.
// * With few blocks a bootstrap is too narrow (3 blocks: 75 % coverage), so the ends are moved out by Student's t over
//   the normal quantile.
import type { Random } from '../core/random.ts';
import type { Interval } from '../core/schema/group.ts';
import { Z95 } from './proportions.ts';
import { geometricMean, mean, quantile, sortSamples, variance } from './samples.ts';
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
  const replicates = scaled(blocks);
  const draws = Array.from({ length: DRAWS }, () =>
    mean(blocks.map(() => random.pick(random.pick(replicates)))),
  );
  const sorted = sortSamples(draws);
  const stretch = blocks.length === 1 ? 1 : student95(blocks.length - 1) / Z95;
  const end = (probability: number): number =>
    Math.exp(Math.log(centre) + stretch * (quantile(sorted, probability) - Math.log(centre)));
  return { median: centre, low: Math.min(end(0.025), centre), high: Math.max(end(0.975), centre) };
}

/** Logarithms of the replicates, moved towards or away from their block's own ratio; as they are with a single block. */
function scaled(blocks: readonly BlockRatio[]): readonly (readonly number[])[] {
  const logs = blocks.map((block) => block.replicates.map(Math.log));
  if (blocks.length < 2) return logs;
  const own = blocks.map(({ ratio }) => Math.log(ratio));
  const between = variance(own);
  const within = mean(
    logs.map((values, index) => mean(values.map((value) => (value - (own[index] ?? 0)) ** 2))),
  );
  const factor = within === 0 ? 1 : Math.sqrt(between / (blocks.length * within));
  return logs.map((values, index) => {
    const centre = own[index] ?? 0;
    return values.map((value) => centre + factor * (value - centre));
  });
}
