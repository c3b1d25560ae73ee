// Intervals and a test for accuracies, which are proportions: one proportion (Wilson), and the difference between
// two models on the same examples, where only the examples on which they disagree carry information.

/** 97.5 % quantile of the normal distribution. */
export const Z95 = 1.959963984540054;

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval (1927): never leaves [0, 1], and is right for proportions near 1. */
export function wilson(successes: number, n: number): Estimate {
  if (n <= 0) throw new RangeError('a proportion of nothing');
  const share = successes / n;
  const shrink = 1 + Z95 ** 2 / n;
  const centre = (share + Z95 ** 2 / (2 * n)) / shrink;
  const half = (Z95 / shrink) * Math.sqrt((share * (1 - share)) / n + Z95 ** 2 / (4 * n * n));
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Two models on the same examples: how many only the first had right, and how many only the second. */
export interface Disagreement {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly n: number;
}

export function disagreement(first: readonly boolean[], second: readonly boolean[]): Disagreement {
  if (first.length !== second.length) throw new RangeError('paired answers of different lengths');
  let onlyFirst = 0;
  let onlySecond = 0;
  first.forEach((right, index) => {
    const other = second[index] === true;
    if (right && !other) onlyFirst++;
    if (!right && other) onlySecond++;
  });
  return { onlyFirst, onlySecond, n: first.length };
}

/**
 * Second minus first. The interval is Wald's after half an example is added to each of the four cells (Agresti &
 * Min 2005), which holds its 95 % where Wald's own does not; the value stays the plain difference.
 */
export function pairedDifference({ onlyFirst, onlySecond, n }: Disagreement): Estimate {
  if (n <= 0) throw new RangeError('a difference over no examples');
  const total = n + 2;
  const [first, second] = [onlyFirst + 0.5, onlySecond + 0.5];
  const centre = (second - first) / total;
  const half = (Z95 * Math.sqrt(first + second - (second - first) ** 2 / total)) / total;
  return {
    value: (onlySecond - onlyFirst) / n,
    low: Math.max(-1, centre - half),
    high: Math.min(1, centre + half),
  };
}

/** Exact two-sided McNemar test: is it a fair coin which of the two is right where they disagree? */
export function mcnemarExact({ onlyFirst, onlySecond }: Disagreement): number {
  const trials = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let logTerm = -trials * Math.LN2; // log of C(trials, 0) / 2^trials
  let tail = 0;
  for (let successes = 0; successes <= fewer; successes++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((trials - successes) / (successes + 1));
  }
  return Math.min(1, 2 * tail);
}
