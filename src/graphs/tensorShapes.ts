// Which tensors an encoder of a given configuration has, and their shapes: the names of Hugging Face's
// BertForSequenceClassification, whatever family the model is of.
import type { EncoderConfig } from './config.ts';

/** By name, in the order of the forward pass. Linear weights are [out, in]. */
export function tensorShapes(config: EncoderConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize: d, embeddingSize: e, intermediateSize: f, labels } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, outputs: number, inputs: number): void => {
    shapes.set(`${name}.weight`, [outputs, inputs]);
    shapes.set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string, width: number): void => {
    shapes.set(`${name}.weight`, [width]);
    shapes.set(`${name}.bias`, [width]);
  };
  const table = (name: string, rows: number): void => {
    if (rows > 0) shapes.set(`bert.embeddings.${name}.weight`, [rows, e]);
  };
  table('word_embeddings', config.vocabSize);
  table('position_embeddings', config.firstPosition + config.maxPositions);
  table('token_type_embeddings', config.tokenTypes);
  norm('bert.embeddings.LayerNorm', e);
  if (e !== d) linear('bert.embeddings_project', d, e);
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `bert.encoder.layer.${layer}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, d, d);
    linear(`${name}.attention.output.dense`, d, d);
    norm(`${name}.attention.output.LayerNorm`, d);
    linear(`${name}.intermediate.dense`, f, d);
    linear(`${name}.output.dense`, d, f);
    norm(`${name}.output.LayerNorm`, d);
  }
  linear('bert.pooler.dense', d, d);
  linear('classifier', labels.length, d);
  return shapes;
}
