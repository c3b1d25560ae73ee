// What a run cannot see, in words: the noise floor of a group, and the smallest difference that its blocks would have
// shown. Printed beside every claim.
import type { NoiseFloor, Summary } from '../../core/schema/summary.ts';
import { median } from '../../stats/samples.ts';
import { percent } from './format.ts';
import { vocabularyOf } from './vocabulary.ts';

/** `noise floor ±0.8 %, smallest difference that could be seen 1.1 %` */
export function resolutionText({ floor, detectable }: NoiseFloor): string {
  const effect = detectable === null ? '' : `, smallest difference that could be seen ${percent(detectable)}`;
  return `noise floor ±${percent(floor)}${effect}`;
}

/** A sentence about the whole run; empty where no group can tell. */
export function detectableSentence({ noiseFloor, rows }: Summary): string {
  const effects = (noiseFloor?.groups ?? []).flatMap(({ detectable }) => detectable ?? []);
  if (effects.length === 0) return '';
  const worst =
    effects.length === 1 ? '' : ` (median over the groups; ${percent(Math.max(...effects))} at worst)`;
  return `This run would have seen a difference from ${vocabularyOf(rows).baseline} of ${percent(median(effects))}${worst} with a probability of 0.8; it does not rule out a smaller one.`;
}
