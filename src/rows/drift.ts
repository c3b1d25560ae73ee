// A machine that got faster or slower while a block was timed, seen in the block's own samples.
import type { Doubt } from '../core/schema/doubt.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import { median } from '../stats/samples.ts';

const DRIFT_LIMIT_SHARE = 0.1;
/** Below this many samples the ends of a block say nothing about drift. */
const DRIFT_LEAST_SAMPLES = 12;

/**
 * The first third of dense's samples (or of whatever was measured first) against the last third, each sample relative
 * to the median of its input: inputs differ, and a short block does not come to all of them in both thirds.
 */
export function driftDoubts(variants: readonly BlockVariant[]): Doubt[] {
  const watched = variants.find(({ id }) => id === 'dense') ?? variants[0];
  if (watched === undefined || watched.samplesMs.length < DRIFT_LEAST_SAMPLES) return [];
  const paces = relativeToInput(watched);
  const third = Math.floor(paces.length / 3);
  const change = median(paces.slice(-third)) / median(paces.slice(0, third)) - 1;
  if (Math.abs(change) <= DRIFT_LIMIT_SHARE) return [];
  return [
    {
      code: 'drift',
      message: `${watched.id} became ${(100 * Math.abs(change)).toFixed(0)} % ${change > 0 ? 'slower' : 'faster'} within a block`,
      advice: 'ratios are taken within rounds and suffer little; absolute times are doubtful',
    },
  ];
}

function relativeToInput({ samplesMs, inputIndex }: BlockVariant): number[] {
  const typical = new Map(
    [...new Set(inputIndex)].map((input) => [
      input,
      median(samplesMs.filter((_, index) => inputIndex[index] === input)),
    ]),
  );
  return samplesMs.map((ms, index) => ms / (typical.get(inputIndex[index] ?? -1) ?? ms));
}
