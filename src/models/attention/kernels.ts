// What attention is asked for, and which kernels may serve it. The three lengths were measured with ONNX Runtime
// 1.30 on one AVX-512 core (METHODOLOGY.md, "Attention"); they move a few percent of speed, never a result.
import type { Value } from '../../onnx/builder.ts';

/** How a method scores tokens from attention probabilities. */
export type Score = 'received-attention' | 'received-attention-minus-self';

export interface AttentionKernels {
  /** Whether ONNX Runtime's own operators may be used beside the standard ones. */
  readonly fused: boolean;
  /** Whether If and Loop may choose at run time; otherwise ragged batches are always padded. */
  readonly adaptive: boolean;
  /** Longest sequence of a batch that is computed as one rectangle; above, sequences are looped over. */
  readonly loopAbove: number;
  /** Longest sequence whose heads are computed at once when scored; above, heads are looped over. */
  readonly headsAbove: number;
  /** Longest sequence for which the standard fused operator beats the flash kernel (unscored). */
  readonly flashAbove: number;
}

export interface AttentionShape {
  readonly heads: number;
  readonly headSize: number;
  readonly kernels: AttentionKernels;
}

/** Rows of query, key and value, float [T, d] each. */
export interface Projections {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** The additive mask of a hidden key: exp(x - max) underflows to exactly 0, and a fully masked row stays finite. */
export const MASKED = -1e9;

export function hiddenSize(shape: AttentionShape): number {
  return shape.heads * shape.headSize;
}
