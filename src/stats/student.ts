// Student's t: what an estimate of spread from few blocks must be multiplied by, and how surprising a difference is
// in units of such a spread. Degrees of freedom may be fractional (Welch, Satterthwaite) and infinite (the normal).
import { incompleteBeta } from './incompleteBeta.ts';

/** Beyond this the normal distribution's digits are reached (the p of t = 6 differs by 1e-4 relative). */
const AS_NORMAL = 1e6;

/** P(|T| >= |t|): the two-sided p-value. */
export function studentTail(t: number, degreesOfFreedom: number): number {
  check(degreesOfFreedom);
  const degrees = Math.min(degreesOfFreedom, AS_NORMAL);
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that |T| exceeds with the probability `tail`, 0 < tail <= 1; e.g. 0.05 for the ends of a 95 % interval. */
export function studentBound(tail: number, degreesOfFreedom: number): number {
  check(degreesOfFreedom);
  if (!(tail > 0 && tail <= 1)) throw new RangeError(`a tail of ${tail}`);
  let [low, high] = [0, 1];
  while (studentTail(high, degreesOfFreedom) > tail) [low, high] = [high, high * 2];
  for (let step = 0; step < 100 && high - low > 1e-11 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The t with P(T <= t) = probability. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`a quantile at ${probability}`);
  if (probability < 0.5) return -studentQuantile(1 - probability, degreesOfFreedom);
  return studentBound(2 * (1 - probability), degreesOfFreedom);
}

const known = new Map<number, number>();

/** The 97.5 % quantile. */
export function student95(degreesOfFreedom: number): number {
  check(degreesOfFreedom);
  const found = known.get(degreesOfFreedom);
  if (found !== undefined) return found;
  const made = studentBound(0.05, degreesOfFreedom);
  if (known.size < 1000) known.set(degreesOfFreedom, made);
  return made;
}

function check(degreesOfFreedom: number): void {
  if (!(degreesOfFreedom >= 1)) throw new RangeError(`t with ${degreesOfFreedom} degrees of freedom`);
}
