// FLOPs from kept tokens (2 x MACs). Embeddings, softmax, LayerNorm, GELU and biases are left out, as in the LTP
// paper's count; what deciding costs is in, and listed apart: Transkimmer's predictors, and the column sums that
// score tokens (H n^2 additions, counted as the product with a row of ones that they are).
// Two totals. `parts` counts real tokens only. `executed` counts what the very graph computes, i.e. also the empty
// slots of a short ragged batch's attention rectangle, and is what the profile must show.
import type { ProviderName } from '../core/names.ts';
import type { FlopsParts, Variant } from '../core/schema.ts';
import type { AttentionKernels } from '../models/attention/kernels.ts';
import type { EncoderConfig } from '../models/config.ts';
import { KERNELS } from '../models/graphCache.ts';
import type { Method, PointRule } from '../models/methods/contract.ts';
import { ruleOf } from '../models/pointRule.ts';
import type { ModelEntry } from '../models/zoo.ts';

export interface TokenCounts {
  /** Real tokens of each sequence of the batch. */
  readonly lengths: readonly number[];
  /** Columns of the input rectangle. */
  readonly paddedLength: number;
  /** Layer by sequence: tokens alive after each layer. */
  readonly kept: readonly (readonly number[])[];
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

/** Of one batch. */
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
    if (!padded) emptyMacs += (2 * config.hiddenSize + scoreMacs) * (slots(entering, kernels) - pairs);
    alive = [...after];
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

/** Query-key pairs that the graph computes for packed sequences, by the branch it takes (attention.ts). */
function slots(counts: readonly number[], kernels: AttentionKernels): number {
  const longest = Math.max(...counts);
  const ragged = counts.some((count) => count !== longest);
  const rectangle = kernels.adaptive ? counts.length > 1 && ragged && longest <= kernels.loopAbove : ragged;
  return rectangle ? counts.length * longest * longest : sumOfSquares(counts);
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

function sum(values: readonly number[]): number {
  return values.reduce((left, right) => left + right, 0);
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((left, right) => left + right * right, 0);
}

/** Of one batch through a zoo variant's graph. */
export function flopsOf(
  entry: ModelEntry,
  variant: Variant,
  provider: ProviderName,
  counts: TokenCounts,
): EncoderFlops {
  const { method, rule } = ruleOf(entry, variant);
  return encoderFlops(entry.config, method, rule, KERNELS[provider], counts);
}
