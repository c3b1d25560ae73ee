// Models that are formulas: what a schedule costs and how far it moves the outputs is known, so the best schedule is, too.
import type { Evaluate, Evaluation } from '../../src/calibrate/evaluation.ts';
import { layerCost, modelShare, type LayerCost } from '../../src/calibrate/flopsModel.ts';
import type { Problem } from '../../src/calibrate/search.ts';
import type { CalibratedMethod } from '../../src/calibrate/strengthMap.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';

export function config(layers: number) {
  const shape = { vocab_size: 50, hidden_size: 64, num_attention_heads: 4, intermediate_size: 256 };
  return parseEncoderConfig({ ...shape, num_hidden_layers: layers, max_position_embeddings: 64 }, 'fake');
}

export const cost = (layers: number): LayerCost => layerCost(config(layers), [20, 30, 40]);

/** Divergence of a schedule: each layer's weight times its squared pruning, -ln keep. */
export function divergenceOf(weights: readonly number[], keeps: readonly number[]): number {
  return keeps.reduce((total, keep, layer) => total + (weights[layer] ?? 0) * Math.log(keep) ** 2, 0);
}

function evaluation(
  weights: readonly number[],
  keeps: readonly number[],
  strengths: readonly number[],
): Evaluation {
  let alive = 1;
  const divergence = divergenceOf(weights, keeps);
  return {
    strengths,
    divergence,
    flopsShare: modelShare(cost(weights.length), keeps),
    kept: keeps.map((keep) => (alive *= keep)),
    loss: Math.floor(20 * divergence) / 100,
    lossError: 0,
  };
}

/** Rates: what is kept of the input, never more than is alive. */
export function fakeRates(weights: readonly number[]): Evaluate {
  return (strengths) => {
    let alive = 1;
    const keeps = strengths.map((rate) => {
      const after = Math.min(alive, rate);
      const keep = after / alive;
      alive = after;
      return keep;
    });
    return Promise.resolve(evaluation(weights, keeps, strengths));
  };
}

/** Thresholds: each keeps a share that falls smoothly, and faster where earlier layers have pruned. */
export function fakeThresholds(weights: readonly number[]): Evaluate {
  return (strengths) => {
    let alive = 1;
    const keeps = strengths.map((threshold, layer) => {
      const keep = 1 / (1 + (Math.max(0, threshold) / (0.7 + 0.1 * layer)) ** 4 * (1.5 - 0.5 * alive));
      alive *= keep;
      return keep;
    });
    return Promise.resolve(evaluation(weights, keeps, strengths));
  };
}

export interface Counted {
  readonly problem: Problem;
  readonly evaluations: () => number;
  readonly stages: string[];
}

export function problemOf(
  method: CalibratedMethod,
  weights: readonly number[],
  changes: Partial<Problem> = {},
): Counted {
  const fake = method === 'topk' ? fakeRates(weights) : fakeThresholds(weights);
  let evaluations = 0;
  const counted: Evaluate = (strengths) => {
    evaluations++;
    return fake(strengths);
  };
  const stages: string[] = [];
  const problem: Problem = {
    ...{ method, layers: weights.length, cost: cost(weights.length), seed: 1 },
    ...{ full: counted, sketch: counted, enough: () => false },
    announce: ({ name }) => stages.push(name),
    ...changes,
  };
  return { problem, evaluations: () => evaluations, stages };
}

/** The least divergence of any schedule of three layers at the target, on a fine grid. */
export function bestOfThree(weights: readonly number[], target: number): number {
  let best = Infinity;
  for (let first = 1; first > 0.02; first -= 0.01) {
    for (let second = 1; second > 0.02; second -= 0.01) {
      const third = thirdFor(weights.length, [first, second], target);
      if (third !== null) best = Math.min(best, divergenceOf(weights, [first, second, third]));
    }
  }
  return best;
}

function thirdFor(layers: number, keeps: readonly number[], target: number): number | null {
  const share = (keep: number): number => modelShare(cost(layers), [...keeps, keep]);
  if (share(0.02) > target || share(1) < target) return null;
  let [low, high] = [0.02, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (share(middle) > target) high = middle;
    else low = middle;
  }
  return high;
}
