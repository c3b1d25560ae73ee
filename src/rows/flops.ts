// FLOPs from kept tokens (2 x MACs). Embeddings, softmax, LayerNorm, GELU and biases are left out, as in the LTP
// paper's count; what deciding costs is in, and listed apart: Transkimmer's predictors, and the column sums that
// score tokens (H n^2 additions, counted as the product with a row of ones that they are), and the layers that a pruned
// [CLS] still goes through where nothing protects it (an orphan: no attention, but its row is projected and fed forward).
// Two totals. `parts` counts real tokens only. `executed` counts what the very graph computes, i.e. also the empty
// slots of a short ragged batch's attention rectangle, and is what the profile must show.
import { flopsPartsSchema, type FlopsModel, type FlopsParts } from '../core/schema/flops.ts';
import { sum } from '../stats/samples.ts';

/** What one batch had to do. Parts are additive, so the same of a single sequence gives that sequence's parts. */
export interface TokenCounts {
  /** Real tokens of each sequence of the batch. */
  readonly lengths: readonly number[];
  /** Columns of the input rectangle. */
  readonly paddedLength: number;
  /** Layer by sequence: tokens alive after each layer. */
  readonly kept: readonly (readonly number[])[];
  /** Layer by sequence: 1 where [CLS] is carried on as an orphan after the layer; left out where it is protected. */
  readonly orphans?: readonly (readonly number[])[] | undefined;
}

export interface EncoderFlops {
  readonly parts: FlopsParts;
  readonly executed: number;
}

const PARTS = flopsPartsSchema.keyof().options;

/** FLOPs of one batch. */
export function encoderFlops(model: FlopsModel, counts: TokenCounts): EncoderFlops {
  const work = byPart(() => 0);
  let emptyMacs = 0;
  const { hiddenSize: d, padded } = model;
  let alive = padded ? counts.lengths.map(() => counts.paddedLength) : [...counts.lengths];
  let orphans = counts.lengths.map(() => 0);
  work.linear += projectionMacs(model) * sum(alive);
  for (let layer = 0; layer < model.layers; layer++) {
    const after = padded ? alive : (counts.kept[layer] ?? []);
    const before = model.removes === 'before-layer';
    const entering = before ? after : alive;
    const predictorMacs = model.predictsAt?.[layer] === false ? 0 : model.predictorMacsPerToken;
    work.predictor += predictorMacs * sum(alive);
    work.linear += linearMacs(model, sum(entering), sum(after));
    const scoreMacs = model.scores[layer] === true ? model.heads : 0;
    const pairs = sumOfSquares(entering);
    work.attention += 2 * d * pairs;
    work.score += scoreMacs * pairs;
    const orphansAfter = counts.orphans?.[layer] ?? orphans;
    work.orphan += linearMacs(model, sum(orphans), sum(orphansAfter)) + predictorMacs * sum(orphans);
    if (!padded) emptyMacs += (2 * d + scoreMacs) * (slots(entering, orphans, model) - pairs);
    alive = [...after];
    orphans = [...orphansAfter];
  }
  work.head = counts.lengths.length * (d * d + d * model.labels);
  const parts = scaled(work, 2);
  return { parts, executed: total(parts) + 2 * emptyMacs };
}

/** FLOPs of several batches together. */
export function addFlops(all: readonly EncoderFlops[]): EncoderFlops {
  return {
    parts: byPart((part) => sum(all.map(({ parts }) => parts[part]))),
    executed: sum(all.map(({ executed }) => executed)),
  };
}

export function scaled(parts: FlopsParts, by: number): FlopsParts {
  return byPart((part) => parts[part] * by);
}

export function total(parts: FlopsParts): number {
  return sum(PARTS.map((part) => parts[part]));
}

function byPart(valueOf: (part: keyof FlopsParts) => number): FlopsParts {
  return Object.fromEntries(PARTS.map((part) => [part, valueOf(part)])) as FlopsParts; // PARTS are all its keys
}

/** Projections on the tokens that enter (Q, K, V) and on those that stay (output projection, feed-forward). */
function linearMacs(model: FlopsModel, entering: number, staying: number): number {
  const { hiddenSize: d, intermediateSize: f } = model;
  return 3 * d * d * entering + (d * d + 2 * d * f) * staying;
}

/** MACs a token: embeddings of another width than d are projected (ELECTRA). */
function projectionMacs({ embeddingSize: e, hiddenSize: d }: FlopsModel): number {
  return e === d ? 0 : e * d;
}

/**
 * Query-key pairs that the graph computes for packed sequences, by the branch it takes (attention.ts). An orphan is a
 * row of a rectangle; a loop over sequences leaves it out.
 */
function slots(tokens: readonly number[], orphans: readonly number[], model: FlopsModel): number {
  const rows = tokens.map((count, sequence) => count + (orphans[sequence] ?? 0));
  const longest = Math.max(...rows);
  const even = sum(orphans) === 0 && rows.every((count) => count === longest);
  const single = rows.length === 1 && sum(orphans) === 0;
  const rectangle = !even && (!model.adaptive || (!single && longest <= model.loopAbove));
  return rectangle ? rows.length * longest * longest : sumOfSquares(tokens);
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((left, right) => left + right * right, 0);
}
