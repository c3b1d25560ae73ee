// What a pruning method is to the rest of the program: which tokens it keeps, said in graph nodes, and what
// deciding costs. Everything else (removal, bookkeeping, attention, the head) is the encoder's, so a seventh
// method is one new file beside this one and one line in index.ts.
import type { MethodName } from '../../core/names.ts';
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { Score } from '../attention/kernels.ts';
import type { EncoderConfig } from '../config.ts';
import type { Packing } from '../packing.ts';

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
}

export interface BeforeLayer {
  /** float [T, d], rows entering the layer. */
  readonly hidden: Value;
  /** int64 [T], slot b * S + s of the input; null unless the rule tracks it. */
  readonly origin: Value | null;
}

export interface AfterScore {
  /** float [B, longest]; empty slots hold anything. */
  readonly score: Value;
  /** bool [B, longest]; null when every slot is filled. */
  readonly filled: Value | null;
  readonly packing: Packing;
}

export interface Method {
  readonly name: MethodName;
  /** `packed` carries live rows only; `padded` carries every slot of the input rectangle (dense-padded). */
  readonly rows: 'packed' | 'padded';
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
  /** The score to compute in this layer, or null if the layer removes nothing after attention. */
  scoreAt(layer: number): Score | null;
  /** bool [T], rows to keep before the layer, or null. The encoder keeps [CLS] whatever this says. */
  keepBefore?(g: GraphBuilder, context: MethodContext, layer: number, state: BeforeLayer): Value;
  /** bool [B, longest], slots to keep after attention. The encoder ignores empty slots. */
  keepAfter?(g: GraphBuilder, context: MethodContext, layer: number, state: AfterScore): Value;
  /** MACs of deciding, for each token that enters the layer, beyond the column sums. */
  readonly predictorMacsPerToken: number;
}

/** The rule of the methods that remove nothing. */
export const KEEP_ALL: PointRule = {
  strengths: null,
  protectsCls: true,
  scoreAt: () => null,
  predictorMacsPerToken: 0,
};
