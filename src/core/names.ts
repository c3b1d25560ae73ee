// The closed lists of names that the command line, the files and the code share.

export const METHODS = ['dense-padded', 'dense', 'ltp', 'threshold', 'topk', 'transkimmer'] as const;
export type MethodName = (typeof METHODS)[number];

export const PROVIDERS = ['cpu', 'cuda', 'webgpu'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export const PRECISIONS = ['fp32'] as const;
export type Precision = (typeof PRECISIONS)[number];

/**
 * How the texts of a cell relate to its sequence length. `full`: every document is composed to (just under)
 * the length. `ragged`: target lengths are uniform between a quarter of the length and the length.
 * `natural`: the sentences of the data set as they are; the length is only a cap.
 */
export const TEXT_MODES = ['full', 'ragged', 'natural'] as const;
export type TextMode = (typeof TEXT_MODES)[number];

export const TARGETS = ['haswell', 't4'] as const;
export type TargetName = (typeof TARGETS)[number];
