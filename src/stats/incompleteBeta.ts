// The regularised incomplete beta function, by the continued fraction of Press et al., Numerical Recipes, 3rd ed.,
// section 6.4 (modified Lentz). It is what Student's t is computed from.
import { logGamma } from './gamma.ts';

const TINY = 1e-300;
const MOST_TERMS = 10_000;

/** I_x(a, b), a and b > 0, 0 <= x <= 1; absolute error below 1e-12. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta of ${x}`);
  if (x === 0 || x === 1) return x;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast below the mean of the distribution; above it, use the symmetry.
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) return value;
  }
  return value;
}

/** Lentz' method must not divide by zero. */
function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
