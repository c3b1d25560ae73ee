// What a calibration is asked for: a ratio of FLOPs, or a bound on what may be lost.
import { BenchError } from '../core/errors.ts';
import { modelShare, type LayerCost } from './flopsModel.ts';
import type { CalibratedMethod } from './strengthMap.ts';

export type Goal =
  { readonly kind: 'flops'; readonly ratio: number } | { readonly kind: 'loss'; readonly bound: number };

export function describeGoal(goal: Goal): string {
  return goal.kind === 'flops' ? `${goal.ratio}x fewer FLOPs` : `a loss of at most ${goal.bound}`;
}

/** The name of a point that was given none. */
export function pointNameFor(goal: Goal): string {
  return goal.kind === 'flops' ? `free-x${goal.ratio}` : `free-loss${goal.bound}`;
}

/**
 * The FLOPs share that is left when every layer that may prune keeps only [CLS]: the first layer's projections and attention
 * see every token whatever a method does.
 */
export function leastShare(
  method: CalibratedMethod,
  cost: LayerCost,
  layers: number,
  meanTokens: number,
): number {
  const first = method === 'threshold' ? 1 : 0; // the ramp leaves the first layer alone
  const keeps = Array.from({ length: layers }, (_, layer) => (layer === first ? 1 / meanTokens : 1));
  return modelShare(cost, keeps);
}

/** @throws BenchError if no strengths can give such a ratio. */
export function assertPossible(goal: Goal, least: number): void {
  if (goal.kind === 'loss' || 1 / goal.ratio > least) return;
  throw new BenchError(
    `--flops ${goal.ratio} cannot be reached: with only [CLS] kept after its first pruning layer this model is at ${(1 / least).toFixed(1)}x`,
    'ask for less, e.g. --flops 2',
  );
}
