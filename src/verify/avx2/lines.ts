// How far a score was from the line at which the decision turns. Each method draws its line in another way; all
// distances here are 0 on the line and free of units, except Transkimmer's, which are differences of two logits.
import type { Line } from '../../graphs/methods/contract.ts';
import type { LayerView } from './layerViews.ts';

/** How a difference of two scores is read: received attention by its size, a difference of logits as it is. */
export function scoreDifference(line: Line, one: number, other: number): number {
  const apart = Math.abs(one - other);
  return line === 'sign' ? apart : relative(apart, Math.max(Math.abs(one), Math.abs(other)));
}

/**
 * Distances of a layer's tokens from the line; Infinity where no change of the score alone could turn the decision,
 * and for tokens that are not judged.
 * @param strength of the layer, as float32; read by `threshold` only.
 */
export function distances(line: Line, view: LayerView, strength: number): number[] {
  const border = line === 'rank' ? rankLine(view) : null;
  return view.scores.map((score, slot) => {
    if (view.judged[slot] !== true) return Infinity;
    if (line === 'sign') return Math.abs(score);
    if (line === 'threshold') return relative(Math.abs(score - strength), Math.abs(strength));
    const across = view.keeps[slot] === true ? border?.largestDropped : border?.smallestKept;
    if (across === undefined || across === null) return Infinity;
    return relative(Math.abs(score - across), Math.max(Math.abs(score), Math.abs(across)));
  });
}

/** Whether every decision of the layer follows from its own score: no kernel that compares or sorts is wrong. */
export function followsScores(line: Line, view: LayerView, strength: number): boolean {
  if (line === 'rank') {
    const { smallestKept, largestDropped } = rankLine(view);
    return smallestKept === null || largestDropped === null || smallestKept >= largestDropped;
  }
  return view.scores.every((score, slot) => {
    if (view.judged[slot] !== true) return true;
    return view.keeps[slot] === (line === 'sign' ? score > 0 : score >= strength);
  });
}

function rankLine(view: LayerView): { smallestKept: number | null; largestDropped: number | null } {
  const judged = view.scores.filter((_, slot) => view.judged[slot] === true);
  const keeps = view.keeps.filter((_, slot) => view.judged[slot] === true);
  const kept = judged.filter((_, index) => keeps[index] === true);
  const dropped = judged.filter((_, index) => keeps[index] !== true);
  return {
    smallestKept: kept.length === 0 ? null : Math.min(...kept),
    largestDropped: dropped.length === 0 ? null : Math.max(...dropped),
  };
}

function relative(apart: number, size: number): number {
  if (apart === 0) return 0;
  return size === 0 ? Infinity : apart / size;
}
