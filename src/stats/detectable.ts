// The smallest difference that a number of blocks can show: what a two-sided t-test at 5 % finds with a probability
// of 0.8, (t(0.975) + t(0.8)) standard errors (Bloom 1995, "Minimum detectable effects"). A difference that was not
// found and is smaller than this was not ruled out.
import { variance } from './samples.ts';
import { studentQuantile } from './student.ts';

const POWER = 0.8;

/** Relative, e.g. 0.011 for 1.1 %; null with fewer than two ratios. @param ratios one a block, all positive. */
export function detectableEffect(ratios: readonly number[]): number | null {
  if (ratios.length < 2) return null;
  const degrees = ratios.length - 1;
  const error = Math.sqrt(variance(ratios.map(Math.log)) / ratios.length);
  return Math.expm1((studentQuantile(0.975, degrees) + studentQuantile(POWER, degrees)) * error);
}
