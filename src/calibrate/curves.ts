// Stage 1: how much each layer alone can prune. Every layer is measured at several strengths while the others keep
// everything. Two things are read from it: what share of its tokens a strength keeps (strengthMap.ts), and how fast the
// outputs move away from dense's per layer, which is where the search starts (allocate.ts). For thresholds the first grid
// may straddle the scores of a layer whose tokens all receive about the same; points are added where the share falls steeply.
import { layerKeeps, type Evaluate, type Evaluation } from './evaluation.ts';
import type { CalibratedMethod } from './strengthMap.ts';

export interface CurvePoint {
  readonly strength: number;
  /** Share of the layer's entering tokens that it kept. */
  readonly keep: number;
  readonly divergence: number;
}

/** By layer, from most kept to least. */
export type Curves = readonly (readonly CurvePoint[])[];

/** Thresholds are in units of the mean received attention: 1 is the average token. */
const THRESHOLDS = [0.35, 0.6, 0.85, 1.15, 1.7];
const RATES = [0.85, 0.65, 0.45, 0.25, 0.1];
const STEEPEST = 0.3;
const ADDED_AT_MOST = 3;

function firstGrid(method: CalibratedMethod): readonly number[] {
  return method === 'topk' ? RATES : THRESHOLDS;
}

/** Evaluations that stage 1 makes at most. */
export function curvesCost(method: CalibratedMethod, layers: number): number {
  return layers * (firstGrid(method).length + (method === 'topk' ? 0 : ADDED_AT_MOST));
}

/** @param neutral strengths that keep everything, [L]. */
export async function measureCurves(
  evaluate: Evaluate,
  method: CalibratedMethod,
  neutral: readonly number[],
): Promise<Curves> {
  const curves: CurvePoint[][] = [];
  for (let layer = 0; layer < neutral.length; layer++) {
    const measure = async (strength: number): Promise<CurvePoint> =>
      pointOf(await evaluate(neutral.with(layer, strength)), layer, strength);
    const points: CurvePoint[] = [];
    for (const strength of firstGrid(method)) points.push(await measure(strength));
    if (method !== 'topk') await refine(points, measure);
    curves.push(falling(points));
  }
  return curves;
}

function pointOf(evaluation: Evaluation, layer: number, strength: number): CurvePoint {
  const { divergence } = evaluation;
  return { strength, keep: layerKeeps(evaluation)[layer] ?? 1, divergence };
}

/** Halves the steepest interval, a few times. */
async function refine(
  points: CurvePoint[],
  measure: (strength: number) => Promise<CurvePoint>,
): Promise<void> {
  for (let added = 0; added < ADDED_AT_MOST; added++) {
    const gaps = points.map((point, index) => ({
      from: points[index - 1] ?? { strength: 0, keep: 1 },
      to: point,
      index,
    }));
    const steepest = gaps.reduce((most, gap) => (drop(gap) > drop(most) ? gap : most));
    if (drop(steepest) < STEEPEST) return;
    points.splice(steepest.index, 0, await measure((steepest.from.strength + steepest.to.strength) / 2));
  }
}

function drop({ from, to }: { readonly from: { readonly keep: number }; readonly to: CurvePoint }): number {
  return from.keep - to.keep;
}

/** Shares fall and divergences rise along a curve; what noise of few examples breaks of that is levelled. */
function falling(points: readonly CurvePoint[]): CurvePoint[] {
  let keep = 1;
  let divergence = 0;
  return points.map((point) => {
    keep = Math.min(keep, point.keep);
    divergence = Math.max(divergence, point.divergence);
    return { strength: point.strength, keep, divergence };
  });
}
