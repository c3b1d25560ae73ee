// Stage 2a: sharing a FLOPs budget out among layers on paper. With the layers' curves taken as if divergences added up,
// this is a knapsack, and its Lagrangian is solved instead (Everett 1963; Shoham & Gersho 1988 for bits among
// quantisers): for a price of FLOPs, each layer in turn takes the keep that is cheapest given the others; the price is
// found by bisection. Divergences do not add up, so the result is only one of the starts of what follows.
import { modelShare, project, type LayerCost } from './flopsModel.ts';
import type { CurvePoint, Curves } from './curves.ts';

const GRID = Array.from({ length: 49 }, (_, index) => 1 - index / 50); // 1, 0.98, ... 0.04
const SWEEPS = 12;

/** Divergence of the layer alone at this keep: straight lines between measured points. */
export function divergenceAt(curve: readonly CurvePoint[], keep: number): number {
  let left = { keep: 1, divergence: 0 };
  for (const right of curve) {
    if (keep >= right.keep) {
      const part = left.keep === right.keep ? 0 : (left.keep - keep) / (left.keep - right.keep);
      return left.divergence + part * (right.divergence - left.divergence);
    }
    left = right;
  }
  // Beyond the last point: as much again for each halving.
  return left.divergence * (left.keep / Math.max(keep, 1e-3)) ** 2;
}

/** @returns keeps by layer whose predicted FLOPs share is `target`. */
export function allocate(curves: Curves, cost: LayerCost, target: number): number[] {
  let [low, high] = [0, 1e6];
  let keeps = curves.map(() => 1);
  for (let step = 0; step < 60; step++) {
    const price = step === 0 ? 1 : Math.sqrt(Math.max(low, 1e-6) * high);
    keeps = cheapest(curves, cost, price);
    if (modelShare(cost, keeps) > target) low = price;
    else high = price;
  }
  return project(cost, cheapest(curves, cost, high), target, null);
}

/** Coordinate descent on sum of divergences + price * FLOPs. */
function cheapest(curves: Curves, cost: LayerCost, price: number): number[] {
  const keeps = curves.map(() => 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = keeps.join();
    curves.forEach((curve, layer) => {
      keeps[layer] = argmin(
        GRID,
        (keep) => divergenceAt(curve, keep) + price * modelShare(cost, keeps.with(layer, keep)),
      );
    });
    if (keeps.join() === before) break;
  }
  return keeps;
}

function argmin(values: readonly number[], of: (value: number) => number): number {
  return values.reduce<{ value: number; cost: number }>(
    (best, value) => {
      const found = of(value);
      return found < best.cost ? { value, cost: found } : best;
    },
    { value: 1, cost: Infinity },
  ).value;
}
