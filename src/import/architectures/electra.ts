// ELECTRA (discriminator or generator): BERT without a pooler, with narrower embeddings that are projected. Its head is
// a dense layer with GELU and a projection, on the first token.
import { familyArchitecture } from '../family.ts';

export const electra = familyArchitecture({
  name: 'ELECTRA',
  modelType: 'electra',
  encoder: [
    { pattern: /^(?:electra\.)?(embeddings|embeddings_project|encoder)\./, name: 'bert.$1.' },
    { pattern: /^(?:discriminator_predictions|generator_predictions|generator_lm_head)\./, name: null },
  ],
  head: [
    { pattern: /^classifier\.dense\./, name: 'bert.pooler.dense.' },
    { pattern: /^classifier\.out_proj\./, name: 'classifier.' },
  ],
  withoutHead: [{ pattern: /^(?:classifier|qa_outputs)\./, name: null }],
});
