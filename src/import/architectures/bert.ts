// BERT, and what calls itself so (MiniLM, sentence encoders). A bare BertModel has no prefix.
import { familyArchitecture } from '../family.ts';

export const bert = familyArchitecture({
  name: 'BERT',
  modelType: 'bert',
  encoder: [
    { pattern: /^(?:bert\.)?(embeddings|encoder)\./, name: 'bert.$1.' },
    { pattern: /^(?:bert\.)?pooler\.dense\./, name: 'bert.pooler.dense.' },
    { pattern: /^cls\./, name: null },
  ],
  head: [{ pattern: /^classifier\./, name: 'classifier.' }],
  withoutHead: [{ pattern: /^(?:classifier|qa_outputs)\./, name: null }],
});
