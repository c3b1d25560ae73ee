// The words in which a report speaks of its variants. A run of the zoo's models compares methods with dense; a run of
// ready graphs, of whose inside nothing is known, compares graphs with a baseline graph, although the records call
// that one dense too. Whoever builds a sentence takes the words from here, so nothing is reworded afterwards.
import { variantKey } from '../../core/keys.ts';
import { AS_IS } from '../../core/names.ts';
import type { Variant } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';

type Formatted = Pick<Row, 'precision'>;

export interface Vocabulary {
  readonly method: string;
  readonly methods: string;
  /** A method that is no baseline. */
  readonly prunedMethod: string;
  /** What everything is compared with, inside a sentence. */
  readonly baseline: string;
  /** The same, where a reader could take the padded baseline for it. */
  readonly unpaddedBaseline: string;
  readonly unpaddedModel: string;
  readonly paddedBaseline: string;
  /** Behind a ratio and in the titles of columns. */
  readonly vsBaseline: string;
  readonly vsPadded: string;
  /** What a variant is called, by its key; a key that is not here is the name. */
  readonly labels: Readonly<Record<string, string>>;
}

export const METHOD_WORDS: Vocabulary = {
  method: 'method',
  methods: 'methods',
  prunedMethod: 'pruned method',
  baseline: 'dense',
  unpaddedBaseline: 'dense (unpadded)',
  unpaddedModel: 'the unpadded dense model',
  paddedBaseline: 'dense-padded',
  vsBaseline: 'vs dense',
  vsPadded: 'vs dense-padded',
  labels: {},
};

export const GRAPH_WORDS: Vocabulary = {
  method: 'graph',
  methods: 'graphs',
  prunedMethod: 'graph',
  baseline: 'the baseline graph',
  unpaddedBaseline: 'the baseline graph',
  unpaddedModel: 'the baseline graph',
  paddedBaseline: 'the padded baseline',
  vsBaseline: 'vs baseline',
  vsPadded: 'vs padded baseline',
  labels: { dense: 'baseline', 'dense-padded': 'padded baseline' },
};

/** Those of ready graphs where all rows are of ready graphs; a setting has either those or models of the zoo. */
export function vocabularyOf(rows: readonly Formatted[]): Vocabulary {
  const ready = rows.length > 0 && rows.every(({ precision }) => precision === AS_IS);
  return ready ? GRAPH_WORDS : METHOD_WORDS;
}

/** e.g. `ltp:x2`; of ready graphs `baseline` and `graph:mine`. */
export function labelOf(row: Variant & Formatted): string {
  const key = variantKey(row);
  return vocabularyOf([row]).labels[key] ?? key;
}
