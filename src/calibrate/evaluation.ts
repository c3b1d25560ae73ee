// What a search knows of one setting of the strengths, and how it asks. Everything that searches is written over
// `Evaluate`, so it can be tested against functions whose best answer is known.

/** One setting, measured on the calibration examples. */
export interface Evaluation {
  /** Thresholds or keep rates, [L]. */
  readonly strengths: readonly number[];
  /** Mean distance of the outputs from dense's (divergence.ts); 0 for equal outputs. */
  readonly divergence: number;
  /** FLOPs as a share of dense's, real tokens only, sums over the examples. */
  readonly flopsShare: number;
  /** Tokens alive after each layer as a share of real tokens, sums over the examples, [L]. */
  readonly kept: readonly number[];
  /** What the task's metric (or, without labels to trust, the agreement with dense) has lost against dense. */
  readonly loss: number;
  /** Standard error of `loss` as an estimate from these examples; 0 where it is not known (a single value). */
  readonly lossError: number;
}

export type Evaluate = (strengths: readonly number[]) => Promise<Evaluation>;

/** FLOPs of dense over FLOPs of the setting. */
export function ratioOf({ flopsShare }: Evaluation): number {
  return 1 / flopsShare;
}

/** Share of the tokens entering each layer that leave it, [L]. */
export function layerKeeps({ kept }: Evaluation): number[] {
  return kept.map((share, layer) => {
    const entering = layer === 0 ? 1 : (kept[layer - 1] ?? 1);
    return entering > 0 ? Math.min(1, share / entering) : 1;
  });
}

/** The search was stopped from outside: by Ctrl-C. */
export class Interrupted extends Error {}
