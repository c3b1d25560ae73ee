// The search for the best schedule at a FLOPs target, stage by stage: curves (each layer alone), starts (the curves' knapsack
// on paper, the measured greedy path, an even schedule), evolution at the target, and at last exactly the target.
// Curves and greedy path look at a part of the examples (`sketch`), since they only choose where to look; whatever
// is compared in the end was measured on all. Deterministic: every choice follows from measured values and the seed.
import { createRandom } from '../core/random.ts';
import { allocate, divergenceAt } from './allocate.ts';
import {
  achieved,
  costAt,
  measureAt,
  offBy,
  settle,
  USUAL_STEEPNESS,
  type Candidate,
  type Terrain,
} from './candidate.ts';
import { curvesCost, measureCurves, type Curves } from './curves.ts';
import type { Evaluate } from './evaluation.ts';
import { evolve } from './evolve.ts';
import { project, type LayerCost } from './flopsModel.ts';
import { greedy, greedyCost } from './greedy.ts';
import { rateMap, thresholdMap, type CalibratedMethod, type StrengthMap } from './strengthMap.ts';

/** What a search may ask, and where it says how far it is. */
export interface Problem {
  readonly method: CalibratedMethod;
  readonly layers: number;
  readonly cost: LayerCost;
  /** On all calibration examples. */
  readonly full: Evaluate;
  /** On a part of them. */
  readonly sketch: Evaluate;
  readonly seed: number;
  /** Whether the time that was given is over: the stages then end with what they have. */
  readonly enough: () => boolean;
  readonly announce: (stage: Stage) => void;
}

/** A stage begins, and how many evaluations it will take, about. */
export interface Stage {
  readonly name: string;
  readonly evaluations: number;
  /** The FLOPs share that is looked for, if one is. */
  readonly share: number | null;
}

/** Relative miss of the FLOPs target that is accepted on the calibration examples. */
export const TARGET_TOLERANCE = 0.003;
const SETTLE_TRIES = 8;
/** How many of the best are tried to be brought to the target exactly. */
const LANDED = 3;

/** What the first stage leaves for all targets. */
export interface Ground {
  readonly curves: Curves;
  readonly map: StrengthMap;
}

export async function survey({ method, layers, sketch, announce }: Problem): Promise<Ground> {
  announce({ name: 'curves', evaluations: curvesCost(method, layers), share: null });
  const neutral = Array<number>(layers).fill(method === 'topk' ? 1 : 0);
  const curves = await measureCurves(sketch, method, neutral);
  return { curves, map: method === 'topk' ? rateMap(layers) : thresholdMap(curves) };
}

/** @returns the schedules of the measured greedy path from dense to the target, in keeps by layer. */
export async function greedyPath(
  problem: Problem,
  { curves, map }: Ground,
  target: number,
): Promise<Candidate[]> {
  const { layers, cost, announce, enough } = problem;
  announce({ name: 'greedy', evaluations: greedyCost(layers, target) + 1, share: target });
  const terrain: Terrain = { evaluate: problem.sketch, cost, map };
  const dense = { keeps: Array<number>(layers).fill(1), evaluation: await terrain.evaluate(map.neutral) };
  const marginal = (keeps: readonly number[], layer: number, lower: number): number => {
    const curve = curves[layer] ?? [];
    return divergenceAt(curve, lower) - divergenceAt(curve, keeps[layer] ?? 1);
  };
  return greedy(terrain, dense, target, marginal, enough);
}

/**
 * Evolution at the target from the given schedules, and the exact target.
 * @param target FLOPs share of dense. @param schedules keeps by layer, beside the starts that are always there.
 */
export async function searchTarget(
  problem: Problem,
  { curves, map }: Ground,
  schedules: readonly (readonly number[])[],
  target: number,
  children: number,
): Promise<Candidate> {
  const { layers, cost, announce, enough, full, seed } = problem;
  const terrain: Terrain = { evaluate: full, cost, map };
  const always = [allocate(curves, cost, target), evenly(layers)];
  const count = children + 3 * (schedules.length + always.length) + 1 + LANDED * SETTLE_TRIES;
  announce({ name: `evolution at ${(1 / target).toFixed(2)}x`, evaluations: count, share: target });
  const starts = await measureStarts(terrain, [...schedules, ...always], target);
  const steepness = await steepnessAt(terrain, starts, target);
  const random = createRandom(`calibrate/${seed}/${target}`);
  const population = await evolve(terrain, starts, { target, children, steepness, random, enough });
  return land(terrain, population, target, steepness);
}

/** The same share of what enters kept by every layer but the first. */
function evenly(layers: number): number[] {
  return Array.from({ length: layers }, (_, layer) => (layer === 0 && layers > 1 ? 1 : 0.8));
}

async function measureStarts(
  terrain: Terrain,
  schedules: readonly (readonly number[])[],
  target: number,
): Promise<Candidate[]> {
  const starts: Candidate[] = [];
  for (const keeps of schedules) {
    const first = await measureAt(terrain, keeps, target, null);
    starts.push(await settle(terrain, first, target, 0.03, 2));
  }
  return starts;
}

/** How fast divergence grows when the best start prunes 8 % more. */
async function steepnessAt(terrain: Terrain, starts: readonly Candidate[], target: number): Promise<number> {
  const { evaluation } = bestOf(starts, target, USUAL_STEEPNESS);
  const schedule = achieved(bestOf(starts, target, USUAL_STEEPNESS));
  const keeps = project(terrain.cost, schedule, target * 0.92, evaluation);
  const further = await terrain.evaluate(terrain.map.strengths(keeps, evaluation));
  const rise = Math.log(further.divergence / evaluation.divergence);
  const slope = rise / Math.log(evaluation.flopsShare / further.flopsShare);
  return Number.isFinite(slope) ? Math.min(20, Math.max(1, slope)) : USUAL_STEEPNESS;
}

function bestOf(candidates: readonly Candidate[], target: number, steepness: number): Candidate {
  return candidates.reduce((best, one) =>
    costAt(one, target, steepness) < costAt(best, target, steepness) ? one : best,
  );
}

/** The best that can be brought to the target exactly; thresholds may jump over it where scores are nearly equal. */
async function land(
  terrain: Terrain,
  population: readonly Candidate[],
  target: number,
  steepness: number,
): Promise<Candidate> {
  let closest: Candidate | null = null;
  for (const candidate of population.slice(0, LANDED)) {
    const landed = await settle(terrain, candidate, target, TARGET_TOLERANCE, SETTLE_TRIES);
    if (offBy(landed, target) <= TARGET_TOLERANCE) return landed;
    if (closest === null || offBy(landed, target) < offBy(closest, target)) closest = landed;
  }
  return closest ?? bestOf(population, target, steepness);
}
