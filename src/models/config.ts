// The shape of a BERT-family encoder, parsed from a Hugging Face config.json at the border.
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';

const configSchema = z.object({
  model_type: z.string().default('bert'),
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  type_vocab_size: z.number().int().nonnegative().default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.string().default('gelu'),
  position_embedding_type: z.string().default('absolute'),
  num_labels: z.number().int().positive().optional(),
  id2label: z.record(z.string(), z.string()).optional(),
});

export interface EncoderConfig {
  readonly vocabSize: number;
  /** d */
  readonly hiddenSize: number;
  /** L */
  readonly layers: number;
  /** H */
  readonly heads: number;
  /** d / H */
  readonly headSize: number;
  /** f */
  readonly intermediateSize: number;
  readonly maxPositions: number;
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  /** Width of the embeddings; where it is not d, a projection follows them (ELECTRA). */
  readonly embeddingSize: number;
  /** Position of the first token: RoBERTa counts from its padding id + 1. */
  readonly firstPosition: number;
  /** Of the layer between [CLS] and the classifier: BERT and RoBERTa tanh, DistilBERT relu, ELECTRA gelu. */
  readonly headActivation: 'tanh' | 'relu' | 'gelu';
  /** With a regression the single logit is the answer. */
  readonly problem: 'classification' | 'regression';
  /** One a logit. */
  readonly labels: readonly string[];
}

/** @param source file the value came from, for messages. @throws BenchError naming the first bad field. */
export function parseEncoderConfig(value: unknown, source: string): EncoderConfig {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BenchError(
      `${source}: "${issue?.path.join('.') ?? ''}" ${issue?.message ?? 'is not as expected'}`,
      'give the config.json of a BERT-family encoder',
    );
  }
  const config = parsed.data;
  refuse(source, 'model_type', config.model_type, ['bert']);
  refuse(source, 'hidden_act', config.hidden_act, ['gelu']);
  refuse(source, 'position_embedding_type', config.position_embedding_type, ['absolute']);
  if (config.hidden_size % config.num_attention_heads !== 0) {
    throw new BenchError(
      `${source}: hidden_size ${config.hidden_size} is not a multiple of num_attention_heads ${config.num_attention_heads}`,
    );
  }
  const labelCount = config.num_labels ?? Object.keys(config.id2label ?? {}).length;
  return {
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    headSize: config.hidden_size / config.num_attention_heads,
    intermediateSize: config.intermediate_size,
    maxPositions: config.max_position_embeddings,
    tokenTypes: config.type_vocab_size,
    layerNormEpsilon: config.layer_norm_eps,
    embeddingSize: config.hidden_size,
    firstPosition: 0,
    headActivation: 'tanh',
    problem: 'classification',
    labels: Array.from({ length: labelCount || 2 }, (_, i) => config.id2label?.[String(i)] ?? `label ${i}`),
  };
}

function refuse(source: string, field: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new BenchError(`${source}: ${field} "${value}" is not supported`, `supported: ${known.join(', ')}`);
}
