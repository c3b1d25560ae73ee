// DistilBERT: no token types, no pooler, and names of its own. Its head is pre_classifier, ReLU, classifier.
import { familyArchitecture } from '../family.ts';
import type { NameRule } from '../renaming.ts';

const LAYER = String.raw`^(?:distilbert\.)?transformer\.layer\.(\d+)\.`;
const PARTS: Readonly<Record<string, string>> = {
  'attention.q_lin': 'attention.self.query',
  'attention.k_lin': 'attention.self.key',
  'attention.v_lin': 'attention.self.value',
  'attention.out_lin': 'attention.output.dense',
  sa_layer_norm: 'attention.output.LayerNorm',
  'ffn.lin1': 'intermediate.dense',
  'ffn.lin2': 'output.dense',
  output_layer_norm: 'output.LayerNorm',
};

const LAYERS: readonly NameRule[] = Object.entries(PARTS).map(([own, canonical]) => ({
  pattern: new RegExp(`${LAYER}${own.replaceAll('.', String.raw`\.`)}\\.`),
  name: `bert.encoder.layer.$1.${canonical}.`,
}));

export const distilbert = familyArchitecture({
  name: 'DistilBERT',
  modelType: 'distilbert',
  encoder: [
    { pattern: /^(?:distilbert\.)?embeddings\./, name: 'bert.embeddings.' },
    ...LAYERS,
    { pattern: /^vocab_(?:transform|layer_norm|projector)\./, name: null },
  ],
  head: [
    { pattern: /^pre_classifier\./, name: 'bert.pooler.dense.' },
    { pattern: /^classifier\./, name: 'classifier.' },
  ],
  withoutHead: [{ pattern: /^(?:pre_classifier|classifier|qa_outputs)\./, name: null }],
});
