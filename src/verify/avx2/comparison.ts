// One batch on two machines, text by text. Both are followed layer by layer as long as they agree on which tokens live;
// a decision that differs is a flip. From there on they compute different things and rightly so, so a text with a flip
// is compared up to the layer of the flip, and its logits are not.
import { FLIP_TOLERANCE } from './tolerances.ts';
import type { BatchAnswer } from './exchange.ts';
import { layerViews, type LayerView } from './layerViews.ts';
import type { Line } from '../../graphs/methods/contract.ts';
import { distances, followsScores, scoreDifference } from './lines.ts';

/** What the comparison must know of a variant. */
export interface Judging {
  readonly line: Line | null;
  readonly protectsCls: boolean;
  /** By layer; empty if the method has none. */
  readonly strengths: readonly number[];
}

/** A token that one machine kept and the other removed. */
export interface Flip {
  readonly layer: number;
  /** Position in the text. */
  readonly token: number;
  readonly keptNatively: boolean;
  /** From the line, natively and on the other machine. */
  readonly distances: readonly [number, number];
  /** Both distances are within the tolerance: the decision hung on rounding. */
  readonly explained: boolean;
}

export interface TextComparison {
  readonly tokens: number;
  /** Decisions compared, and how many of them lay within the tolerance of their line natively. */
  readonly decisions: number;
  readonly nearTheLine: number;
  readonly flips: readonly Flip[];
  /** Largest difference of a score, up to the layer of a flip; 0 without any. */
  readonly scoreDifference: number;
  /** Largest difference of a logit, a flip or not. */
  readonly logitDifference: number;
  readonly logits: number;
  readonly logitsOfSameBits: number;
  /** Whether the largest logit is another one. */
  readonly otherAnswer: boolean;
  /** A layer in which a machine's decision contradicts its own score; null if none. */
  readonly contradiction: string | null;
}

/** @throws Error if an answer does not fit the batch or contradicts itself. */
export function compareBatch(
  native: BatchAnswer,
  other: BatchAnswer,
  lengths: readonly number[],
  judging: Judging,
): TextComparison[] {
  const sizes = [native.logits.length, native.keptTokens.length];
  if (sizes.join() !== [other.logits.length, other.keptTokens.length].join()) {
    throw new Error('the two machines gave answers of different sizes');
  }
  const views = layerViews(native, lengths, judging.protectsCls);
  const otherViews = layerViews(other, lengths, judging.protectsCls);
  const classes = native.logits.length / lengths.length;
  if (!Number.isInteger(classes) || classes === 0)
    throw new Error(`${native.logits.length} logits for ${lengths.length} texts`);
  return lengths.map((tokens, text) => ({
    tokens,
    ...compareViews(views[text] ?? [], otherViews[text] ?? [], judging),
    ...compareLogits(
      native.logits.slice(text * classes, (text + 1) * classes),
      other.logits.slice(text * classes, (text + 1) * classes),
    ),
  }));
}

type OfViews = Pick<
  TextComparison,
  'decisions' | 'nearTheLine' | 'flips' | 'scoreDifference' | 'contradiction'
>;

function compareViews(native: readonly LayerView[], other: readonly LayerView[], judging: Judging): OfViews {
  const { line, strengths } = judging;
  const result = { decisions: 0, nearTheLine: 0, scoreDifference: 0 };
  const end = (flips: readonly Flip[], contradiction: string | null): OfViews => ({
    ...result,
    flips,
    contradiction,
  });
  if (line === null) return end([], null);
  for (const [index, view] of native.entries()) {
    const theirs = other[index];
    if (theirs?.layer !== view.layer) throw new Error(`layer ${view.layer}: decisions of one machine only`);
    const strength = Math.fround(strengths[view.layer] ?? 0);
    for (const [whose, one] of [
      ['native', view],
      ['other', theirs],
    ] as const) {
      if (!followsScores(line, one, strength)) {
        return end([], `layer ${view.layer}: the ${whose} decision contradicts its own score`);
      }
    }
    const near = distances(line, view, strength);
    const theirNear = distances(line, theirs, strength);
    const flips: Flip[] = [];
    for (const [slot, token] of view.tokens.entries()) {
      if (view.judged[slot] !== true) continue;
      const pair = [near[slot] ?? Infinity, theirNear[slot] ?? Infinity] as const;
      result.decisions += 1;
      if (pair[0] <= FLIP_TOLERANCE) result.nearTheLine += 1;
      const apart = scoreDifference(line, view.scores[slot] ?? NaN, theirs.scores[slot] ?? NaN);
      result.scoreDifference = Math.max(result.scoreDifference, apart);
      const keptNatively = view.keeps[slot] === true;
      if (keptNatively === theirs.keeps[slot]) continue;
      const explained = Math.max(...pair) <= FLIP_TOLERANCE;
      flips.push({ layer: view.layer, token, keptNatively, distances: pair, explained });
    }
    if (flips.length > 0) return end(flips, null);
  }
  return end([], null);
}

function compareLogits(
  native: readonly number[],
  other: readonly number[],
): Pick<TextComparison, 'logitDifference' | 'logits' | 'logitsOfSameBits' | 'otherAnswer'> {
  const largest = (row: readonly number[]): number => row.indexOf(Math.max(...row));
  return {
    logitDifference: Math.max(...native.map((logit, index) => Math.abs(logit - (other[index] ?? NaN)))),
    logits: native.length,
    logitsOfSameBits: native.filter((logit, index) => Object.is(logit, other[index])).length,
    otherAnswer: largest(native) !== largest(other),
  };
}
