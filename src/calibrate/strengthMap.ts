// From a schedule, the share of its tokens that each layer keeps, to the strengths of a method. Searching over
// schedules makes thresholds and keep rates the same problem, and a step of the search means the same in every layer.
// For top-k the way is arithmetic. A threshold's share depends on the scores, so it is read from the curve that was
// measured with the layer pruning alone; pruning earlier layers shifts that curve, by as much, in log-odds, as it
// was seen to be shifted at the nearest measured setting.
import type { MethodName } from '../core/names.ts';
import { layerKeeps, type Evaluation } from './evaluation.ts';

/** The methods whose strengths can be found without training. */
export const CALIBRATED_METHODS = ['ltp', 'threshold', 'topk'] as const satisfies readonly MethodName[];
export type CalibratedMethod = (typeof CALIBRATED_METHODS)[number];

/** Layer by layer, what a strength kept when that layer pruned alone. */
export type KeepCurve = readonly { readonly strength: number; readonly keep: number }[];

export interface StrengthMap {
  /** Strengths that keep everything. */
  readonly neutral: readonly number[];
  /** @param keeps of what enters each layer. @param near a measured setting in the neighbourhood. */
  strengths(keeps: readonly number[], near: Evaluation | null): number[];
}

/** A rate is of the tokens at the input, so it is the product of the shares up to its layer. */
export function rateMap(layers: number): StrengthMap {
  return {
    neutral: Array<number>(layers).fill(1),
    strengths: (keeps) => {
      let alive = 1;
      return keeps.map((keep) => (alive *= keep));
    },
  };
}

export function thresholdMap(curves: readonly KeepCurve[]): StrengthMap {
  return {
    neutral: curves.map(() => 0),
    strengths: (keeps, near) => {
      const shifts = near === null ? curves.map(() => 0) : shiftsAt(curves, near);
      return keeps.map((keep, layer) => {
        if (keep >= NOTHING_PRUNED) return 0;
        return strengthFor(curves[layer] ?? [], fromOdds(odds(keep) - (shifts[layer] ?? 0)));
      });
    },
  };
}

/** A layer that should keep more than this share is left out of pruning. */
const NOTHING_PRUNED = 0.995;

/** By layer: the log-odds of what was kept there less those of the layer alone at the same threshold. */
function shiftsAt(curves: readonly KeepCurve[], near: Evaluation): number[] {
  return layerKeeps(near).map((keep, layer) => {
    const strength = near.strengths[layer] ?? 0;
    if (strength <= 0) return 0;
    return odds(keep) - odds(keepFor(curves[layer] ?? [], strength));
  });
}

function odds(share: number): number {
  const inside = Math.min(0.995, Math.max(0.005, share));
  return Math.log(inside / (1 - inside));
}

function fromOdds(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Straight lines between the measured points; beyond the last the last line goes on. */
export function keepFor(curve: KeepCurve, strength: number): number {
  const [left, right] = segment(curve, (point) => point.strength >= strength);
  const slope = (right.keep - left.keep) / (right.strength - left.strength);
  return Math.min(1, Math.max(0, left.keep + slope * (strength - left.strength)));
}

/** The inverse of `keepFor`. */
export function strengthFor(curve: KeepCurve, keep: number): number {
  const [left, right] = segment(curve, (point) => point.keep <= keep);
  if (right.keep >= left.keep) return right.strength;
  const slope = (right.strength - left.strength) / (right.keep - left.keep);
  return Math.max(0, left.strength + slope * (keep - left.keep));
}

type Point = KeepCurve[number];

function segment(curve: KeepCurve, reached: (point: Point) => boolean): readonly [Point, Point] {
  const start: Point = { strength: 0, keep: 1 };
  const points = [start, ...curve];
  const found = points.findIndex((point, index) => index > 0 && reached(point));
  const index = found === -1 ? points.length - 1 : found;
  return [points[index - 1] ?? start, points[index] ?? { strength: 1, keep: 1 }];
}
