// The closed lists of names that the command line, the files and the code share.

export const METHODS = ['dense-padded', 'dense', 'ltp', 'threshold', 'topk', 'transkimmer'] as const;
export type MethodName = (typeof METHODS)[number];

/** Whose row it is. Beside our own methods: `graph`, a ready graph of the user's, and `peer`, another program. */
export const VARIANT_METHODS = [...METHODS, 'graph', 'peer'] as const;
export type VariantMethod = (typeof VARIANT_METHODS)[number];

export function isMethod(name: VariantMethod): name is MethodName {
  return name !== 'graph' && name !== 'peer';
}

/** GLUE's metrics. `f1` is of the label 1; all but accuracy and f1 lie between -1 and 1. */
export const METRICS = ['accuracy', 'f1', 'matthews', 'pearson', 'spearman'] as const;
export type Metric = (typeof METRICS)[number];

/**
 * Where a model comes from: it ships, it was imported, it is a geometry with random weights (nothing to be accurate
 * about), or nothing but ready graphs are known of it.
 */
export const MODEL_ORIGINS = ['shipped', 'imported', 'geometry', 'graphs'] as const;
export type ModelOrigin = (typeof MODEL_ORIGINS)[number];

export const PROVIDERS = ['cpu', 'cuda', 'webgpu'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export const PRECISIONS = ['fp32'] as const;
export type Precision = (typeof PRECISIONS)[number];
/** The precision of a group of ready graphs: each has the number format of its file. */
export const AS_IS = 'as-is';

/**
 * How the texts of a cell relate to its sequence length. `full`: every document is composed to (just under)
 * the length. `ragged`: target lengths are uniform between a quarter of the length and the length.
 * `natural`: the sentences of the data set as they are; the length is only a cap.
 */
export const TEXT_MODES = ['full', 'ragged', 'natural'] as const;
export type TextMode = (typeof TEXT_MODES)[number];

export const TARGETS = ['haswell', 't4'] as const;
export type TargetName = (typeof TARGETS)[number];
