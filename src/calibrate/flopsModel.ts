// What a schedule of kept tokens would cost, without running it: the search asks this a thousand times for each time
// it measures. It takes sequences as if all kept the same share, which is exact for the linear layers and close for
// attention; what it is off by is carried over from the last measurement (`near`).
import type { EncoderConfig } from '../graphs/config.ts';
import { layerKeeps, type Evaluation } from './evaluation.ts';

/** MACs of a layer by tokens: each that enters, each that stays, and each pair of those that enter. */
export interface LayerCost {
  readonly entering: number;
  readonly staying: number;
  /** Per squared share of entering tokens: the pairs' MACs over the real tokens. */
  readonly pairs: number;
}

/** @param lengths real tokens of each example. */
export function layerCost(
  { hiddenSize: d, intermediateSize: f }: EncoderConfig,
  lengths: readonly number[],
): LayerCost {
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const squares = lengths.reduce((sum, n) => sum + n * n, 0);
  return { entering: 3 * d * d, staying: d * d + 2 * d * f, pairs: (2 * d * squares) / tokens };
}

/** FLOPs share of dense when the layers keep these shares of what enters them. */
export function modelShare(cost: LayerCost, keeps: readonly number[]): number {
  let alive = 1;
  let work = 0;
  for (const keep of keeps) {
    work += cost.entering * alive + cost.pairs * alive * alive;
    alive *= keep;
    work += cost.staying * alive;
  }
  return work / (keeps.length * (cost.entering + cost.staying + cost.pairs));
}

/** The model's answer, put right by how wrong it was about a measured neighbour. */
export function predictShare(cost: LayerCost, keeps: readonly number[], near: Evaluation | null): number {
  const share = modelShare(cost, keeps);
  return near === null ? share : share * (near.flopsShare / modelShare(cost, layerKeeps(near)));
}

/** The fewest tokens that a schedule may ask of a layer: beyond it nothing is left to save. */
export const LEAST_KEEP = 0.02;

/**
 * The schedule of the same shape whose predicted FLOPs meet the target: every layer's keep is raised to one common
 * power, so that layers that keep everything go on doing so. The shape is cut off at LEAST_KEEP.
 */
export function project(
  cost: LayerCost,
  keeps: readonly number[],
  target: number,
  near: Evaluation | null,
): number[] {
  const scaled = (power: number): number[] => keeps.map((keep) => Math.max(LEAST_KEEP, keep ** power));
  let [low, high] = [0, 1];
  while (predictShare(cost, scaled(high), near) > target && high < 1024) [low, high] = [high, high * 2];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (predictShare(cost, scaled(middle), near) > target) low = middle;
    else high = middle;
  }
  return scaled(high);
}
