// How many tokens a model of set geometry keeps after each layer, as shares of its input, and what that saves. No
// layer keeps more than the one before it, and the first removes nothing, as in LTP, whose first threshold is 0.
//
// `paper` is LTP's own trajectory (Kim et al., KDD 2022) on MNLI-m: mean live length read off the published plot: 40 at
// the start, 32 at layer 5, 20 at layer 7, 9 at layer 8, near 0 from layer 10 on; between readings straight lines. A
// reading is good to about one token, 2.5 % of the input. By the paper's count it saves 1.88x at 40 tokens, which is
// what the paper's table says of MNLI-m (6.83 to 3.64 GFLOPs); the other tasks lie between 1.81x and 2.10x.
// `linear` falls by the same number of tokens in every layer, `constant` is one cut in the second layer: both solved for
// 2.1x at 128 tokens, the paper's headline.

export const TRAJECTORIES = ['paper', 'linear', 'constant'] as const;
export type TrajectoryName = (typeof TRAJECTORIES)[number];

/** (layer of 12, share of the input kept after it). */
const READINGS: readonly (readonly [layer: number, share: number])[] = [
  [1, 1],
  [5, 32 / 40],
  [7, 20 / 40],
  [8, 9 / 40],
  [10, 1 / 40],
  [12, 1 / 40],
];
const READ_LAYERS = 12;
/** One token of the 40 of MNLI-m: [CLS], which is never removed. */
const LEAST_SHARE = 1 / 40;

/** Of `linear` and `constant`: the ratio that the paper's abstract names, and the length at which it is met. */
const HEADLINE_RATIO = 2.1;
const HEADLINE_TOKENS = 128;

export interface Depth {
  /** L */
  readonly layers: number;
  /** d */
  readonly hiddenSize: number;
}

/** Share of the input alive after each layer. */
export function keptShares(name: TrajectoryName, depth: Depth): number[] {
  const { layers } = depth;
  switch (name) {
    case 'paper':
      return byLayer(layers, (layer) => reading((layer * READ_LAYERS) / layers));
    case 'linear':
      return solved(depth, (fall) =>
        byLayer(layers, (layer) => Math.max(LEAST_SHARE, 1 - fall * (layer - 1))),
      );
    case 'constant':
      return solved(depth, (fall) => byLayer(layers, () => Math.max(LEAST_SHARE, 1 - fall)));
  }
}

/** @param shareAfter of layers counted from 1; the first keeps everything whatever it says. */
function byLayer(layers: number, shareAfter: (layer: number) => number): number[] {
  return Array.from({ length: layers }, (_, index) => (index === 0 ? 1 : shareAfter(index + 1)));
}

function reading(layer: number): number {
  const next = READINGS.findIndex(([at]) => at >= layer);
  const [toLayer, toShare] = READINGS[Math.max(next, 0)] ?? [1, 1];
  const [fromLayer, fromShare] = READINGS[Math.max(next - 1, 0)] ?? [1, 1];
  if (layer >= toLayer || toLayer === fromLayer) return toShare; // rounding must not make shares grow
  return fromShare + ((toShare - fromShare) * (layer - fromLayer)) / (toLayer - fromLayer);
}

/** The fall, a share of the input, with which the shares save the headline's ratio: by bisection to the last bit. */
function solved(depth: Depth, sharesOf: (fall: number) => number[]): number[] {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (paperFlopsRatio(depth, sharesOf(middle), HEADLINE_TOKENS) < HEADLINE_RATIO) low = middle;
    else high = middle;
  }
  return sharesOf(high);
}

/**
 * FLOPs of the whole model over FLOPs with the shares kept, by the paper's formula (section 4.1): a layer that n
 * tokens enter and m leave costs 2dn² + 4d²n + 8d²m multiply-adds, a feed-forward of width 4d being taken for granted.
 * @param shares after each layer. @param tokens at the input.
 */
export function paperFlopsRatio({ hiddenSize: d }: Depth, shares: readonly number[], tokens: number): number {
  const layer = (n: number, m: number): number => 2 * d * n * n + 4 * d * d * n + 8 * d * d * m;
  const entering = [1, ...shares].slice(0, shares.length);
  const pruned = shares.map((share, index) => layer(tokens * (entering[index] ?? 1), tokens * share));
  return (shares.length * layer(tokens, tokens)) / pruned.reduce((sum, one) => sum + one, 0);
}
