// Strengths with which a model keeps given shares of its tokens, found layer by layer: with the layers before set, a
// layer's scores are seen, and the cut is laid where the wanted share of tokens is above it. Exact on the texts it is
// found on; no search, since what later layers do changes nothing before them.

/** One text at one layer. */
export interface Judged {
  /** At the input, [CLS] included. */
  readonly tokens: number;
  /** How much it counts in the mean over texts. */
  readonly weight: number;
  /** Scores of the tokens that entered the layer, without [CLS], which always stays. */
  readonly scores: Float32Array;
}

/** Scores in a layer, with cuts in the layers before it. */
export type Probe = (cuts: readonly number[], layer: number) => Promise<readonly Judged[]>;

/**
 * A cut a layer; null where the layer is to remove nothing.
 * @param shares of the input, kept after each layer, never growing; the mean over texts meets them.
 */
export async function followShares(shares: readonly number[], probe: Probe): Promise<(number | null)[]> {
  const cuts: (number | null)[] = [];
  for (const [layer, share] of shares.entries()) {
    const before = layer === 0 ? 1 : (shares[layer - 1] ?? 1);
    if (share >= before) {
      cuts.push(null);
      continue;
    }
    const judged = await probe(
      cuts.map((cut) => cut ?? -Infinity),
      layer,
    );
    cuts.push(cutAt(judged, share));
  }
  return cuts;
}

/**
 * Half way between the last score that stays and the first that goes, so that rounding elsewhere moves no token; in
 * float32, as points store it.
 */
export function cutAt(judged: readonly Judged[], share: number): number {
  const total = judged.reduce((sum, { weight }) => sum + weight, 0);
  const tokens = judged
    .flatMap(({ scores, weight, tokens: n }) =>
      Array.from(scores, (score) => ({ score, share: weight / n / total })),
    )
    .sort((one, other) => other.score - one.score);
  let kept = judged.reduce((sum, { weight, tokens: n }) => sum + weight / n / total, 0); // [CLS]
  const first = tokens.findIndex((token) => (kept += token.share) > share);
  const [stays, goes] = [tokens[first - 1], tokens[first]];
  if (goes === undefined) return Math.fround(tokens.at(-1)?.score ?? 0);
  if (stays === undefined) return Math.fround(goes.score + Math.abs(goes.score) + 1);
  return Math.fround((stays.score + goes.score) / 2);
}
