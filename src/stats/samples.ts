// Order statistics. `SortedSamples` is a precondition made a type: whoever asks for a quantile has sorted, once.
// Quantiles are Hyndman & Fan's type 7 (linear interpolation between order statistics), as in NumPy and R.
declare const sortedBrand: unique symbol;

/** Ascending, not empty, no NaN. */
export type SortedSamples = readonly number[] & { readonly [sortedBrand]: true };

export function sortSamples(values: readonly number[]): SortedSamples {
  if (values.length === 0) throw new RangeError('no samples to sort');
  if (values.some(Number.isNaN)) throw new RangeError('a sample is NaN');
  const sorted = Float64Array.from(values).sort();
  return Array.from(sorted) as unknown as SortedSamples; // sorted just above: the one place that brands
}

/** Type 7 quantile; `probability` in [0, 1]. */
export function quantile(samples: SortedSamples, probability: number): number {
  const position = (samples.length - 1) * probability;
  const below = Math.floor(position);
  const low = samples[below] ?? Number.NaN;
  const high = samples[Math.min(below + 1, samples.length - 1)] ?? Number.NaN;
  return low + (position - below) * (high - low);
}

export function median(values: readonly number[]): number {
  return quantile(sortSamples(values), 0.5);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values to average');
  return sum(values) / values.length;
}

/** The mean for ratios: 2 and 1/2 average to 1. All values must be positive. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/** Unbiased; of at least two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError(`the variance of ${values.length} values`);
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}
