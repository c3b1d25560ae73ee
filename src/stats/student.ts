// The 97.5 % quantile of Student's t by degrees of freedom: what an estimate of spread from few blocks must be
// multiplied by. Table values; beyond the table the normal quantile with Cornish & Fisher's first two terms.
import { Z95 } from './proportions.ts';

const T95 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314,
];

export function student95(degreesOfFreedom: number): number {
  if (degreesOfFreedom < 1) throw new RangeError(`t with ${degreesOfFreedom} degrees of freedom`);
  const tabled = T95[Math.floor(degreesOfFreedom) - 1];
  if (tabled !== undefined) return tabled;
  const z = Z95;
  const first = (z ** 3 + z) / (4 * degreesOfFreedom);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degreesOfFreedom ** 2);
  return z + first + second;
}
