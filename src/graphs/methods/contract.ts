// What a pruning method is to the rest of the program: which tokens it keeps, said in graph nodes, and what
// deciding costs. Everything else (removal, bookkeeping, attention, the head) is the encoder's. A method of the tree is
// one file beside this one and its name in the registry; a file outside the tree implements the same (zoo/methodFile.ts)
// and imports nothing: what it needs is handed to its hooks.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import type { PointValues } from '../../weights/pointValues.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { Score } from '../attention/kernels.ts';
import type { EncoderConfig } from '../config.ts';
import type { Packing } from '../packing.ts';
import type { GraphTools } from './tools.ts';

/** What a method may use while the graph is written. */
export interface MethodContext {
  readonly config: EncoderConfig;
  /** A weight of the merged model or of the point's own predictor, as an initializer. */
  weight(name: string): Value;
  /**
   * The layer's strength as float []: a constant of the point, or an element of the graph input
   * `strengths` [L] when the graph was asked to take it, so that one graph serves every strength.
   */
  strength(layer: number): Value;
  /** int64 [B], real tokens at the encoder's input. */
  readonly inputCounts: Value;
  /** int64 [B, S], as they are fed. */
  readonly inputIds: Value;
  /** int64 [], columns S of the input rectangle. */
  readonly inputLength: Value;
  /**
   * Hears the score float [T] that a method which decides before a layer judges by: kept above 0. Null unless the
   * graph is to tell its decisions.
   */
  readonly tellScore: ((layer: number, score: Value) => void) | null;
  /** What decisions are commonly made of. */
  readonly tools: GraphTools;
}

export interface BeforeLayer {
  /** float [T, d], rows entering the layer. */
  readonly hidden: Value;
  /** int64 [T], slot b * S + s of the input; null unless the rule tracks it. */
  readonly origin: Value | null;
}

/** Attention sees a sequence's rows in slots: slot (b, s) is the s-th live token of sequence b. */
export interface AfterAttention {
  /** float [T, d], rows that entered the layer. */
  readonly hidden: Value;
  /** int64 [T], slot b * S + s of the input; null unless the rule tracks it. */
  readonly origin: Value | null;
  /** float [B, longest]; empty slots hold anything. Null in a layer where the rule asks for no score. */
  readonly score: Value | null;
  /** bool [B, longest]; null when every slot is filled. */
  readonly filled: Value | null;
  readonly packing: Packing;
  /** From one value a row, [T], to slots, [B, longest]; empty slots hold that of some live row of their sequence. */
  inSlots(perRow: Value): Value;
}

/** `threshold`: keep from a number on; `rank`: keep the k largest; `sign`: keep above 0. */
export type Line = 'threshold' | 'rank' | 'sign';

export interface Method {
  /** As it is written on the command line and in records. */
  readonly name: string;
  /** `packed` carries live rows only; `padded` carries every slot of the input rectangle (dense-padded). */
  readonly rows: 'packed' | 'padded';
  /** One sentence for the reports' list of terms. */
  readonly summary?: string;
  /** Operating points that need no training, by name. They fit every model; the first is the main one. */
  readonly points?: Readonly<Record<string, PointValues>>;
  /** The point at which every token is kept, so that the method must answer as dense does. */
  readonly neutral?: PointValues;
  /** The line between keeping and dropping, for verify/avx2; absent if no score of each token decides. */
  readonly line?: Line;
  /** Reads and checks the point. @throws BenchError naming the missing tensor or bad value. */
  read(config: EncoderConfig, point: TensorFile | null): PointRule;
}

/** A method at one operating point. */
export interface PointRule {
  /** Strength by layer, for points that have one (thresholds, keep rates, keep counts). */
  readonly strengths: readonly number[] | null;
  /** Whether [CLS] is never pruned; otherwise a pruned one is carried on as an orphan (packing.ts). */
  readonly protectsCls: boolean;
  /** Whether deciding needs to know where a row stood in the input. */
  readonly tracksOrigin?: boolean;
  /** Whether the layer removes tokens after attention; absent: every layer does, if there is `keepAfter`. */
  removesAt?(layer: number): boolean;
  /** The score that attention computes for `keepAfter`; absent or null: it decides without one. */
  scoreAt?(layer: number): Score | null;
  /** bool [T], rows to keep before the layer, or null. The encoder keeps [CLS] whatever this says. */
  keepBefore?(g: GraphBuilder, context: MethodContext, layer: number, state: BeforeLayer): Value;
  /** bool [B, longest], slots to keep after attention. The encoder ignores empty slots. */
  keepAfter?(g: GraphBuilder, context: MethodContext, layer: number, state: AfterAttention): Value;
  /**
   * MACs of deciding, for each token that enters a layer that decides, beyond the column sums: matrix products only, on
   * rows and not on slots.
   */
  readonly predictorMacsPerToken: number;
}

/** The rule of the methods that remove nothing. */
export const KEEP_ALL: PointRule = { strengths: null, protectsCls: true, predictorMacsPerToken: 0 };

/** Whether the layer removes tokens after attention. */
export function removesAfter(rule: PointRule, layer: number): boolean {
  return rule.keepAfter !== undefined && (rule.removesAt?.(layer) ?? true);
}

/** The score that attention has to compute in this layer. */
export function scoreOf(rule: PointRule, layer: number): Score | null {
  return removesAfter(rule, layer) ? (rule.scoreAt?.(layer) ?? null) : null;
}
