// The names that the command line, the files and the code share: closed lists, and what the name of a method may be.

/** The methods of the tree. Beside them there are those of files (zoo/methodFile.ts), whose names are in no list. */
export const METHODS = ['dense-padded', 'dense', 'ltp', 'threshold', 'topk', 'transkimmer'] as const;
export type MethodName = (typeof METHODS)[number];

/** Whose row it is, where no method of ours made the graph: `graph`, a ready one of the user's, `peer`, another program. */
export const OTHER_ROWS = ['graph', 'peer'] as const;

/**
 * What the name of a method looks like in records and in ids: `first-tokens`. Whether there is such a method is asked
 * where a plan is made; a record may hold methods of files that the reader has not.
 */
export const METHOD_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const LONGEST_METHOD_NAME = 40;

/** Whether one of our graphs, and not a ready one or another program, is behind the row. */
export function isMethod(name: string): boolean {
  return !OTHER_ROWS.some((other) => other === name);
}

/** Whether it is one of the two graphs that remove nothing. */
export function isDense(name: string): boolean {
  return name === 'dense' || name === 'dense-padded';
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
