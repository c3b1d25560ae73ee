// What attention is asked for, and which kernels may serve it. The three lengths were measured with ONNX Runtime
// 1.30 on one AVX-512 core (METHODOLOGY.md, "Attention"); they move a few percent of speed, never a result.
import type { Value } from '../../onnx/builder.ts';

/** How a method scores tokens from attention probabilities. */
export type Score = 'received-attention' | 'received-attention-minus-self';

export interface AttentionKernels {
  /**
   * Fused operators that may be used: `cpu` the fastest of the CPU provider (ONNX's Attention, ONNX Runtime's
   * MultiHeadAttention and FusedMatMul), `contrib` MultiHeadAttention where nothing is scored, `none` standard
   * products and softmax only.
   */
  readonly fused: 'cpu' | 'contrib' | 'none';
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

/**
 * The additive mask of a hidden key. Customary values (-10000, -1e9) cost half of attention's speed on Intel CPUs:
 * ONNX Runtime's exp clamps to a denormal number, and every product with one takes a slow path (seen in 1.30;
 * 8 x 128 tokens: 8.3 ms, with this value 4.3). exp(-50) is 2e-22: nothing beside float32's 6e-8, yet a normal number.
 */
export const MASKED = -50;

export function hiddenSize(shape: AttentionShape): number {
  return shape.heads * shape.headSize;
}
