// RoBERTa: BERT without a pooler; its head is a dense layer with tanh and a projection, on the first token.
import { familyArchitecture, type FamilyRules } from '../family.ts';

/** Rules of RoBERTa and its descendants. */
export const ROBERTA_HEADS: Pick<FamilyRules, 'head' | 'withoutHead'> = {
  head: [
    { pattern: /^classifier\.dense\./, name: 'bert.pooler.dense.' },
    { pattern: /^classifier\.out_proj\./, name: 'classifier.' },
    { pattern: /^(?:roberta\.)?pooler\./, name: null },
  ],
  withoutHead: [
    { pattern: /^(?:roberta\.)?pooler\.dense\./, name: 'bert.pooler.dense.' },
    { pattern: /^(?:classifier|qa_outputs)\./, name: null },
  ],
};

export const roberta = familyArchitecture({
  name: 'RoBERTa',
  modelType: 'roberta',
  encoder: [
    { pattern: /^(?:roberta\.)?(embeddings|encoder)\./, name: 'bert.$1.' },
    { pattern: /^lm_head\./, name: null },
  ],
  ...ROBERTA_HEADS,
});
