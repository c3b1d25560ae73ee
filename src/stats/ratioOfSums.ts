// The interval of a ratio of sums over examples, e.g. dense's FLOPs over a pruned model's: examples are drawn again with
// replacement, both sums from the same draw (Efron & Tibshirani 1993, section 13.3: percentile intervals).
import type { Random } from '../core/random.ts';
import type { Estimate } from './proportions.ts';
import { quantile, sortSamples, sum } from './samples.ts';

const DRAWS = 1000;

/** @param above, below parallel, one entry an example; the sum of `below` is not 0. */
export function ratioOfSums(above: readonly number[], below: readonly number[], random: Random): Estimate {
  if (above.length !== below.length || above.length === 0) {
    throw new RangeError(`a ratio over ${above.length} and ${below.length} examples`);
  }
  const ratios = Array.from({ length: DRAWS }, () => {
    let [top, bottom] = [0, 0];
    for (let draw = 0; draw < above.length; draw++) {
      const example = random.integer(above.length);
      top += above[example] ?? 0;
      bottom += below[example] ?? 0;
    }
    return top / bottom;
  });
  const sorted = sortSamples(ratios);
  const value = sum(above) / sum(below);
  return {
    value,
    low: Math.min(value, quantile(sorted, 0.025)),
    high: Math.max(value, quantile(sorted, 0.975)),
  };
}
