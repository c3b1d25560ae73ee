// Whether first runs got into the samples: the warm-up feeds every input once, and what an input's first timed call
// then still costs more than its later ones was never warm (caches, arenas, lazily loaded GPU kernels).
import type { Doubt } from '../core/schema/doubt.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import { median } from '../stats/samples.ts';

/** Later calls that an input must have for its first to be held against them, and such inputs that are needed. */
const LEAST_LATER = 3;
const LEAST_INPUTS = 3;
const LIMIT_RATIO = 1.1;

/**
 * The ratio of the first call to the median of the later ones, for each input and block. One slow call is chance, and a
 * disturbance hits any call: so the median over all inputs and blocks must be above the limit.
 * @param variants the same variant in several blocks.
 */
export function firstRunDoubts(variants: readonly BlockVariant[]): Doubt[] {
  const ratios = variants.flatMap(firstRatios);
  if (ratios.length < LEAST_INPUTS) return [];
  const ratio = median(ratios);
  if (ratio <= LIMIT_RATIO) return [];
  return [
    {
      code: 'first-run-in-samples',
      message: `the first timed call on an input takes ${ratio.toFixed(2)} times as long as the later ones`,
      advice: 'the warm-up is too short for this machine; raise --time-budget so that first calls weigh less',
    },
  ];
}

function firstRatios({ samplesMs, inputIndex }: BlockVariant): number[] {
  const byInput = new Map<number, number[]>();
  samplesMs.forEach((ms, index) => {
    const input = inputIndex[index] ?? -1;
    byInput.set(input, [...(byInput.get(input) ?? []), ms]);
  });
  return [...byInput.values()].flatMap(([first, ...later]) =>
    first === undefined || later.length < LEAST_LATER ? [] : [first / median(later)],
  );
}
