// Stage 2b: the same budget shared out by measuring. From the dense model on, FLOPs are saved in equal steps; each step is
// tried in every layer alone, measured in place, and given to the layer where it costs the least divergence (the
// greedy rule for knapsacks: marginal loss by marginal gain, re-evaluated after each item is taken). Unlike the
// curves this sees that layers depend on one another.
import { achieved, costAt, measure, USUAL_STEEPNESS, type Candidate, type Terrain } from './candidate.ts';
import { LEAST_KEEP, predictShare } from './flopsModel.ts';

/** A step saves about 8 % of the FLOPs that are left. */
const STEPS_TO_HALF = 8;
const FEWEST_STEPS = 3;
/** Layers tried in one step at most; deep models would otherwise cost layers squared. */
const TRIED = 8;

/** Evaluations at most. @param target FLOPs share of dense. */
export function greedyCost(layers: number, target: number): number {
  return stepsTo(target) * Math.min(layers, TRIED);
}

function stepsTo(target: number): number {
  return Math.max(FEWEST_STEPS, Math.round(-STEPS_TO_HALF * Math.log2(target)));
}

/** What pruning a layer down to `lower` is expected to cost; decides which layers are tried when there are many. */
export type Marginal = (keeps: readonly number[], layer: number, lower: number) => number;

/** @returns the accepted schedules in order; the last one has the target's FLOPs, as predicted. */
export async function greedy(
  terrain: Terrain,
  start: Candidate,
  target: number,
  marginal: Marginal,
  enough: () => boolean,
): Promise<Candidate[]> {
  const path: Candidate[] = [];
  let current = start;
  const first = start.evaluation.flopsShare;
  const steps = stepsTo(target);
  for (let step = 1; step <= steps && !enough(); step++) {
    const aim = first * (target / first) ** (step / steps);
    const tried = await tryLayers(terrain, current, aim, marginal);
    if (tried.length === 0) return path;
    current = tried.reduce((best, one) => (better(one, best, aim) ? one : best));
    path.push(current);
  }
  return path;
}

function better(left: Candidate, right: Candidate, aim: number): boolean {
  return costAt(left, aim, USUAL_STEEPNESS) < costAt(right, aim, USUAL_STEEPNESS);
}

async function tryLayers(
  terrain: Terrain,
  current: Candidate,
  aim: number,
  marginal: Marginal,
): Promise<Candidate[]> {
  const keeps = achieved(current);
  const moves = keeps
    .map((_, layer) => ({ layer, lower: lowerFor(terrain, current, keeps, layer, aim) }))
    .filter((move): move is { layer: number; lower: number } => move.lower !== null)
    .toSorted((a, b) => marginal(keeps, a.layer, a.lower) - marginal(keeps, b.layer, b.lower))
    .slice(0, TRIED);
  const tried: Candidate[] = [];
  for (const { layer, lower } of moves) {
    tried.push(await measure(terrain, keeps.with(layer, lower), current.evaluation));
  }
  return tried;
}

/** The keep of this layer alone that meets the aim, or null if pruning it alone cannot. */
function lowerFor(
  { cost }: Terrain,
  { evaluation }: Candidate,
  keeps: readonly number[],
  layer: number,
  aim: number,
): number | null {
  const share = (keep: number): number => predictShare(cost, keeps.with(layer, keep), evaluation);
  let [low, high] = [LEAST_KEEP, keeps[layer] ?? 1];
  if (share(low) > aim) return null;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (share(middle) > aim) high = middle;
    else low = middle;
  }
  return low;
}
