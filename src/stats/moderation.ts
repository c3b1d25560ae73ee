// Variances of many cells from few blocks each, moderated: a cell's own variance is drawn towards that of the sweep, by
// as much as the cells resemble each other (Smyth 2004, "Linear models and empirical Bayes methods for assessing
// differential expression", section 6.2). Cells share a machine and a harness, so the sweep knows more about the spread
// of a cell than its five blocks do; without it, one cell in a hundred has a variance that is small by chance and
// rings the bell, and another one that is large by chance and hides a slow-down.
import { digamma, inverseTrigamma, trigamma } from './gamma.ts';
import { mean, median } from './samples.ts';

export interface Spread {
  readonly variance: number;
  /** Degrees of freedom it was estimated with; may be infinite after moderation. */
  readonly degrees: number;
}

export const MOST_DEGREES = 1e6;
/** Fewer cells than this say nothing about how cells differ. */
const FEWEST_CELLS = 5;

/** What cells have in common: the variance they scatter around, and how many degrees of freedom that is worth. */
export function commonSpread(spreads: readonly Spread[]): Spread {
  const usable = positive(spreads);
  if (usable.length < FEWEST_CELLS) return { variance: 0, degrees: 0 };
  const logs = usable.map(({ variance, degrees }) => {
    return Math.log(variance) - digamma(degrees / 2) + Math.log(degrees / 2);
  });
  const centre = mean(logs);
  const scatter = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0) / (logs.length - 1);
  const excess = scatter - mean(usable.map(({ degrees }) => trigamma(degrees / 2)));
  if (excess <= 0) return { variance: Math.exp(centre), degrees: MOST_DEGREES };
  const degrees = Math.min(MOST_DEGREES, 2 * inverseTrigamma(excess));
  return { variance: Math.exp(centre + digamma(degrees / 2) - Math.log(degrees / 2)), degrees };
}

/** Every cell's variance after moderation, in the given order. */
export function moderated(spreads: readonly Spread[]): Spread[] {
  const common = commonSpread(spreads);
  return spreads.map((own) => combined(common, own));
}

/** The mean of two estimates of one variance, weighted by their degrees of freedom. */
export function combined(one: Spread, other: Spread): Spread {
  const degrees = one.degrees + other.degrees;
  if (degrees === 0) return { variance: 0, degrees: 0 };
  const variance = (one.degrees * one.variance + other.degrees * other.variance) / degrees;
  return { variance, degrees };
}

/** Without degrees a cell says nothing; a variance of zero would be minus infinity, so it is lifted off the floor. */
function positive(spreads: readonly Spread[]): Spread[] {
  const known = spreads.filter(({ degrees }) => degrees > 0);
  const above = known.filter(({ variance }) => variance > 0);
  if (above.length === 0) return [];
  const floor = 1e-5 * median(above.map(({ variance }) => variance));
  return known.map(({ variance, degrees }) => ({ variance: Math.max(variance, floor), degrees }));
}
