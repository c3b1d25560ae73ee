// FLOPs from kept tokens (2 x MACs). Embeddings, softmax, LayerNorm, GELU and biases are left out, as in the LTP
// paper's count; what deciding costs is in, and listed apart: Transkimmer's predictors, and the column sums that
// score tokens (H n^2 additions, counted as the product with a row of ones that they are), and the layers that a pruned
// [CLS] still goes through where nothing protects it (an orphan: no attention, but its row is projected and fed forward).
// Two totals. `parts` counts real tokens only. `executed` counts what the very graph computes, i.e. also the empty
// slots of a short ragged batch's attention rectangle, and is what the profile must show.
import type { ProviderName } from '../core/names.ts';
import type { FlopsParts } from '../core/schema/block.ts';
import type { Variant } from '../core/schema/group.ts';
import type { AttentionKernels } from '../graphs/attention/kernels.ts';
import type { EncoderConfig } from '../graphs/config.ts';
import { KERNELS } from '../zoo/graphCache.ts';
import type { Method, PointRule } from '../graphs/methods/contract.ts';
import { ruleOf } from '../zoo/pointRule.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { sum } from '../stats/samples.ts';

export interface TokenCounts {
  /** Real tokens of each sequence of the batch. */
  readonly lengths: readonly number[];
  /** Columns of the input rectangle. */
  readonly paddedLength: number;
  /** Layer by sequence: tokens alive after each layer. */
  readonly kept: readonly (readonly number[])[];
  /** Layer by sequence: 1 where [CLS] is carried on as an orphan after the layer; left out where it is protected. */
  readonly orphans?: readonly (readonly number[])[];
}

export interface EncoderFlops {
  readonly parts: FlopsParts;
  readonly executed: number;
}

interface Work {
  linear: number;
  attention: number;
  predictor: number;
  score: number;
  head: number;
  orphan: number;
}

/** FLOPs of one batch. */
export function encoderFlops(
  config: EncoderConfig,
  method: Pick<Method, 'rows'>,
  rule: PointRule,
  kernels: AttentionKernels,
  counts: TokenCounts,
): EncoderFlops {
  const work = emptyWork();
  let emptyMacs = 0;
  const padded = method.rows === 'padded';
  let alive = padded ? counts.lengths.map(() => counts.paddedLength) : [...counts.lengths];
  let orphans = counts.lengths.map(() => 0);
  work.linear += projectionMacs(config) * sum(alive);
  for (let layer = 0; layer < config.layers; layer++) {
    const after = padded ? alive : (counts.kept[layer] ?? []);
    const before = rule.keepBefore !== undefined;
    const entering = before ? after : alive;
    work.predictor += rule.predictorMacsPerToken * (before ? sum(alive) : 0);
    work.linear += linearMacs(config, sum(entering), sum(after));
    const scoreMacs = rule.scoreAt(layer) === null ? 0 : config.heads;
    const pairs = sumOfSquares(entering);
    work.attention += 2 * config.hiddenSize * pairs;
    work.score += scoreMacs * pairs;
    const orphansAfter = counts.orphans?.[layer] ?? orphans;
    work.orphan += linearMacs(config, sum(orphans), sum(orphansAfter));
    if (!padded)
      emptyMacs += (2 * config.hiddenSize + scoreMacs) * (slots(entering, orphans, kernels) - pairs);
    alive = [...after];
    orphans = [...orphansAfter];
  }
  const { hiddenSize: d, labels } = config;
  work.head = counts.lengths.length * (d * d + d * labels.length);
  const parts = doubled(work);
  return { parts, executed: total(parts) + 2 * emptyMacs };
}

/** Projections on the tokens that enter (Q, K, V) and on those that stay (output projection, feed-forward). */
function linearMacs(config: EncoderConfig, entering: number, staying: number): number {
  const { hiddenSize: d, intermediateSize: f } = config;
  return 3 * d * d * entering + (d * d + 2 * d * f) * staying;
}

/** MACs a token: embeddings of another width than d are projected (ELECTRA). */
function projectionMacs({ embeddingSize: e, hiddenSize: d }: EncoderConfig): number {
  return e === d ? 0 : e * d;
}

/**
 * Query-key pairs that the graph computes for packed sequences, by the branch it takes (attention.ts). An orphan is a
 * row of a rectangle; a loop over sequences leaves it out.
 */
function slots(tokens: readonly number[], orphans: readonly number[], kernels: AttentionKernels): number {
  const rows = tokens.map((count, sequence) => count + (orphans[sequence] ?? 0));
  const longest = Math.max(...rows);
  const even = sum(orphans) === 0 && rows.every((count) => count === longest);
  const single = rows.length === 1 && sum(orphans) === 0;
  const rectangle = !even && (!kernels.adaptive || (!single && longest <= kernels.loopAbove));
  return rectangle ? rows.length * longest * longest : sumOfSquares(tokens);
}

export function total(parts: FlopsParts): number {
  return parts.linear + parts.attention + parts.predictor + parts.score + parts.head + parts.orphan;
}

function emptyWork(): Work {
  return { linear: 0, attention: 0, predictor: 0, score: 0, head: 0, orphan: 0 };
}

function doubled(work: Work): FlopsParts {
  return {
    linear: 2 * work.linear,
    attention: 2 * work.attention,
    predictor: 2 * work.predictor,
    score: 2 * work.score,
    head: 2 * work.head,
    orphan: 2 * work.orphan,
  };
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((left, right) => left + right * right, 0);
}

/** FLOPs of one batch through a zoo variant's graph. */
export function flopsOf(
  entry: ModelEntry,
  variant: Variant,
  provider: ProviderName,
  counts: TokenCounts,
): EncoderFlops {
  const { method, rule } = ruleOf(entry, variant);
  return encoderFlops(entry.config, method, rule, KERNELS[provider], counts);
}
