// A schedule that was measured, and the order of preference among schedules for one FLOPs target. A measured FLOPs
// share is never exactly the target, so divergences are compared as they would be at the target: moved along the
// slope at which divergence grows when everything prunes more, which the search measures (`steepness`).
import { layerKeeps, type Evaluate, type Evaluation } from './evaluation.ts';
import { project, type LayerCost } from './flopsModel.ts';
import type { StrengthMap } from './strengthMap.ts';

export interface Candidate {
  /** What was asked for: the share of entering tokens that each layer keeps. */
  readonly keeps: readonly number[];
  readonly evaluation: Evaluation;
}

/** What all stages work with. */
export interface Terrain {
  readonly evaluate: Evaluate;
  readonly cost: LayerCost;
  readonly map: StrengthMap;
}

/** Elasticity of divergence in the FLOPs share: a share 1 % smaller means `steepness` % more divergence. */
export const USUAL_STEEPNESS = 6;

/**
 * The divergence that the candidate would have at the target; what is minimised. One that is far from it may be unable to
 * get there (all but one layer fixed), so it comes after all that are near.
 */
export function costAt({ evaluation }: Candidate, target: number, steepness: number): number {
  const off = evaluation.flopsShare / target;
  if (off > 1 + COMPARABLE) return FAR * off;
  return Math.max(evaluation.divergence, TINY) * Math.max(off, 1 - COMPARABLE) ** steepness;
}

/** Relative distance from the target within which divergences can be moved to it. */
const COMPARABLE = 0.08;
const FAR = 1e9;
const TINY = 1e-12;

/** Measures the schedule as it is. */
export async function measure(
  { evaluate, map }: Terrain,
  keeps: readonly number[],
  near: Evaluation | null,
): Promise<Candidate> {
  return { keeps, evaluation: await evaluate(map.strengths(keeps, near)) };
}

/** Scales the schedule to the target as predicted, and measures it. */
export function measureAt(
  terrain: Terrain,
  keeps: readonly number[],
  target: number,
  near: Evaluation | null,
): Promise<Candidate> {
  return measure(terrain, project(terrain.cost, keeps, target, near), near);
}

/**
 * Brings a candidate to the target within `tolerance` (relative), by measuring and correcting.
 * @returns the closest of what was measured.
 */
export async function settle(
  terrain: Terrain,
  start: Candidate,
  target: number,
  tolerance: number,
  tries: number,
): Promise<Candidate> {
  let best = start;
  let aim = target;
  for (let step = 0; step < tries && offBy(best, target) > tolerance; step++) {
    const keeps = project(terrain.cost, achieved(best), aim, best.evaluation);
    const next = await measure(terrain, keeps, best.evaluation);
    if (offBy(next, target) < offBy(best, target)) {
      best = next;
      aim = target;
    } else {
      aim *= target / next.evaluation.flopsShare; // overshoot in proportion to the miss
    }
  }
  return best;
}

/** Relative distance of the measured FLOPs share from the target. */
export function offBy({ evaluation }: Candidate, target: number): number {
  return Math.abs(evaluation.flopsShare / target - 1);
}

/** The keeps that came out, which is where the next step starts; layers without pruning stay so. */
export function achieved({ keeps, evaluation }: Candidate): number[] {
  return layerKeeps(evaluation).map((keep, layer) => ((keeps[layer] ?? 1) >= 1 ? 1 : keep));
}
