// What kernels do, told from their operator types alone.

/** In the order in which they are stacked. */
export const OPERATOR_CLASSES = {
  linear: 'linear layers',
  attention: 'attention products, softmax',
  elementwise: 'activation, norm, add',
  selection: 'score and decision',
  movement: 'gather, scatter, reshape',
  other: 'other',
} as const;
export type OperatorClass = keyof typeof OPERATOR_CLASSES;

export const CLASS_NAMES = Object.keys(OPERATOR_CLASSES) as readonly OperatorClass[]; // keys of a const literal

const CLASS_OF: Readonly<Record<string, OperatorClass>> = Object.fromEntries(
  (
    [
      ['linear', 'Gemm FusedGemm MatMulNBits MatMulInteger QLinearMatMul DynamicQuantizeMatMul'],
      [
        'attention',
        'MatMul FusedMatMul Softmax Attention MultiHeadAttention PackedMultiHeadAttention Einsum',
      ],
      [
        'elementwise',
        'Gelu BiasGelu FastGelu QuickGelu Erf Tanh LayerNormalization SkipLayerNormalization Add Sub Mul Div Sqrt Pow Exp Reciprocal',
      ],
      [
        'selection',
        'ReduceMean ReduceSum ReduceMax ReduceMin TopK NonZero Greater GreaterOrEqual Less LessOrEqual Equal ArgMax CumSum And Or Not Where Max Min Round Floor Ceil OneHot',
      ],
      [
        'movement',
        'Gather GatherND GatherElements ScatterND ScatterElements Scatter Compress Concat Split Slice Transpose Reshape Expand Squeeze Unsqueeze Flatten Pad Tile Identity Cast Shape Range ConstantOfShape Size MemcpyFromHost MemcpyToHost ReorderInput ReorderOutput',
      ],
    ] as const
  ).flatMap(([name, types]) => types.split(' ').map((type) => [type, name])),
);

export function operatorClass(type: string): OperatorClass {
  return Object.hasOwn(CLASS_OF, type) ? (CLASS_OF[type] ?? 'other') : 'other';
}

/** Milliseconds of one sequence by class. */
export function timeByClass(opTimeMs: Readonly<Record<string, number>>): Record<OperatorClass, number> {
  const sums = { linear: 0, attention: 0, elementwise: 0, selection: 0, movement: 0, other: 0 };
  for (const [type, ms] of Object.entries(opTimeMs)) sums[operatorClass(type)] += ms;
  return sums;
}
