// The dense pieces of a BERT encoder on packed rows, by their Hugging Face weight names.
import type { GraphBuilder, Value } from '../onnx/builder.ts';
import type { EncoderConfig } from './config.ts';
import type { InputRows } from './inputs.ts';

/** The initializer of a named tensor. */
export type WeightLookup = (g: GraphBuilder, name: string) => Value;

/** x W^T + b. float [n, in] to [n, out]; weights stay in PyTorch's [out, in] layout. */
export function linear(g: GraphBuilder, weights: WeightLookup, name: string, rows: Value): Value {
  const label = name.slice(name.lastIndexOf('.layer.') + 1).replaceAll('.', '_');
  return g.op('Gemm', [rows, weights(g, `${name}.weight`), weights(g, `${name}.bias`)], { transB: 1 }, label);
}

/** LayerNorm of the sum of `terms`, each float [n, d]. */
export function layerNorm(
  g: GraphBuilder,
  config: EncoderConfig,
  weights: WeightLookup,
  name: string,
  terms: readonly Value[],
): Value {
  const sum = terms.reduce((left, right) => g.op('Add', [left, right]));
  const attributes = { axis: -1, epsilon: { float: config.layerNormEpsilon } };
  return g.op(
    'LayerNormalization',
    [sum, weights(g, `${name}.weight`), weights(g, `${name}.bias`)],
    attributes,
  );
}

/** The activation of the feed-forward layers and, for some families, of the head. */
export function activate(g: GraphBuilder, kind: Activation, rows: Value): Value {
  switch (kind) {
    case 'gelu':
      return g.op('Gelu', [rows]);
    case 'gelu_tanh':
      return g.op('Gelu', [rows], { approximate: 'tanh' });
    case 'relu':
      return g.op('Relu', [rows]);
    case 'tanh':
      return g.op('Tanh', [rows]);
  }
}

type Activation = EncoderConfig['activation'] | EncoderConfig['headActivation'];

/** float [T, d]: word + position (+ type) embeddings, normalised, and projected where they are not d wide. */
export function embed(g: GraphBuilder, config: EncoderConfig, weights: WeightLookup, rows: InputRows): Value {
  const table = (name: string, index: Value) =>
    g.op('Gather', [weights(g, `bert.embeddings.${name}.weight`), index], { axis: 0 }, name);
  const terms = [table('word_embeddings', rows.ids), table('position_embeddings', rows.position)];
  if (rows.types !== null) terms.push(table('token_type_embeddings', rows.types));
  // A table of one row (RoBERTa's) is the same for every token: [1, e] is added to all.
  else if (config.tokenTypes === 1) terms.push(weights(g, 'bert.embeddings.token_type_embeddings.weight'));
  const embedded = layerNorm(g, config, weights, 'bert.embeddings.LayerNorm', terms);
  if (config.embeddingSize === config.hiddenSize) return embedded;
  return linear(g, weights, 'bert.embeddings_project', embedded);
}

/** Pooler (dense and activation on each sequence's first row) and classifier. @returns float [B, C]. */
export function head(
  g: GraphBuilder,
  config: EncoderConfig,
  weights: WeightLookup,
  hidden: Value,
  starts: Value,
): Value {
  const first = g.op('Gather', [hidden, starts], { axis: 0 }, 'cls');
  const pooled = activate(g, config.headActivation, linear(g, weights, 'bert.pooler.dense', first));
  return linear(g, weights, 'classifier', pooled);
}
