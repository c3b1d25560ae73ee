// Many tests at once: the p-values that Holm's step-down procedure (1979) amounts to. A set of tests judged by these
// at 5 % has a false alarm anywhere with a probability of 5 % at most, however the tests depend on each other.

/** @returns adjusted p-values, parallel to the given ones. */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = largest; // never below that of a smaller p
  });
  return adjusted;
}
