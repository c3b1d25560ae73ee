// The shape of an encoder, parsed from a Hugging Face config.json at the border. Families name and mean things
// differently; `FAMILIES` says how each is read, and what the encoder cannot compute is refused by name.
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { FAMILIES, type Family, type HeadActivation } from './families.ts';

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
  /** Tokens of the longest sequence. */
  readonly maxPositions: number;
  /** Rows of the token type table. With 2 or more the graph has an input for them; one row is always added. */
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  /** The activation of the feed-forward layers; `gelu_tanh` is the approximation by tanh. */
  readonly activation: 'gelu' | 'gelu_tanh' | 'relu';
  /** Width of the embeddings; where it is not d, a projection follows them (ELECTRA). */
  readonly embeddingSize: number;
  /** Position of the first token: RoBERTa counts from its padding id + 1. */
  readonly firstPosition: number;
  readonly headActivation: HeadActivation;
  /** With a regression the single logit is the answer. */
  readonly problem: 'classification' | 'regression';
  /** One a logit. */
  readonly labels: readonly string[];
  /** What was assumed of their order; absent where config.json leaves nothing to assume. */
  readonly labelNote?: string;
}

const count = z.number().int().positive();
/** Far more than any encoder has: what counts up to them is bounded, whatever a file says. */
const MOST_LAYERS = 10_000;
const MOST_LABELS = 1_000_000;

/** What all families are brought to before anything is read. */
const configSchema = z.object({
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count.max(MOST_LAYERS),
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  type_vocab_size: z.number().int().nonnegative().default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.string().default('gelu'),
  position_embedding_type: z.string().nullish(),
  embedding_size: count.optional(),
  pad_token_id: z.number().int().nonnegative().nullish(),
  is_decoder: z.boolean().nullish(),
  add_cross_attention: z.boolean().nullish(),
  pruned_heads: z.record(z.string(), z.unknown()).nullish(),
  quantization_config: z.unknown().optional(),
  problem_type: z.string().nullish(),
  num_labels: count.max(MOST_LABELS).optional(),
  id2label: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
});
type HfConfig = z.infer<typeof configSchema>;

const ACTIVATIONS: Readonly<Record<string, EncoderConfig['activation']>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu_tanh',
  gelu_fast: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  relu: 'relu',
};

/**
 * @param source file the value came from, for messages.
 * @param headless what to do about a head that is not supported; null where there is nothing to be done.
 * @throws BenchError naming the first bad field.
 */
export function parseEncoderConfig(
  value: unknown,
  source: string,
  { headless = null }: { readonly headless?: string | null } = {},
): EncoderConfig {
  const family = familyOf(value, source);
  const config = parse(family.common(record(value, source)), source);
  refuseUnsupported(config, source);
  refuseHead(config, source, headless);
  if (config.hidden_size % config.num_attention_heads !== 0) {
    throw new BenchError(
      `${source}: hidden_size ${config.hidden_size} is not a multiple of num_attention_heads ${config.num_attention_heads}`,
      'mend config.json',
    );
  }
  const firstPosition = family.firstPosition(config.pad_token_id ?? null);
  const { labels, note } = labelsOf(config, source, headless);
  return {
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    headSize: config.hidden_size / config.num_attention_heads,
    intermediateSize: config.intermediate_size,
    maxPositions: positionsLeft(config.max_position_embeddings - firstPosition, source),
    tokenTypes: config.type_vocab_size,
    layerNormEpsilon: config.layer_norm_eps,
    activation: activationOf(config.hidden_act, source),
    embeddingSize: (family.projects ? config.embedding_size : undefined) ?? config.hidden_size,
    firstPosition,
    headActivation: family.headActivation,
    problem: config.problem_type === 'regression' || labels.length === 1 ? 'regression' : 'classification',
    labels,
    ...(note === undefined ? {} : { labelNote: note }),
  };
}

function record(value: unknown, source: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new BenchError(`${source} is not a JSON object`, 'give the config.json of a BERT-family encoder');
}

function familyOf(value: unknown, source: string): Family {
  const type = record(value, source)['model_type'] ?? 'bert';
  const family = typeof type === 'string' && Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family !== undefined) return family;
  throw unsupported(
    source,
    'model_type',
    typeof type === 'string' ? type : JSON.stringify(type),
    Object.keys(FAMILIES),
  );
}

function parse(value: unknown, source: string): HfConfig {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BenchError(
    `${source}: "${issue?.path.join('.') ?? ''}" ${issue?.message ?? 'is not as expected'}`,
    'give the config.json of a BERT-family encoder',
  );
}

function refuseUnsupported(config: HfConfig, source: string): void {
  const position = config.position_embedding_type ?? 'absolute';
  if (position !== 'absolute') throw unsupported(source, 'position_embedding_type', position, ['absolute']);
  if (config.is_decoder === true) throw unsupported(source, 'is_decoder', 'true', ['encoders (false)']);
  if (config.add_cross_attention === true) {
    throw unsupported(source, 'add_cross_attention', 'true', ['encoders (false)']);
  }
  if (Object.keys(config.pruned_heads ?? {}).length > 0) {
    throw unsupported(source, 'pruned_heads', JSON.stringify(config.pruned_heads), [
      'all heads in place ({})',
    ]);
  }
  if ((config.quantization_config ?? null) !== null) {
    throw unsupported(source, 'quantization_config', JSON.stringify(config.quantization_config), [
      'float weights',
    ]);
  }
}

function refuseHead({ problem_type: problem }: HfConfig, source: string, headless: string | null): void {
  if (problem !== 'multi_label_classification') return;
  const known = 'supported: single_label_classification, regression';
  throw new BenchError(
    `${source}: problem_type "${problem}" is not supported`,
    headless === null ? known : `${known}; ${headless}`,
  );
}

function activationOf(name: string, source: string): EncoderConfig['activation'] {
  const known = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (known !== undefined) return known;
  throw unsupported(source, 'hidden_act', name, Object.keys(ACTIVATIONS));
}

function positionsLeft(positions: number, source: string): number {
  if (positions > 0) return positions;
  throw new BenchError(
    `${source}: max_position_embeddings leaves ${positions} positions`,
    'mend config.json',
  );
}

interface Labels {
  readonly labels: string[];
  readonly note?: string;
}

/** Hugging Face writes id2label only where there are not two labels. */
function labelsOf(
  { num_labels, id2label, problem_type }: HfConfig,
  source: string,
  headless: string | null,
): Labels {
  const ids = idsOf(id2label ?? {}, source);
  const count = num_labels ?? (ids.length || 2);
  if (ids.length > 0 && ids.length !== count) {
    throw new BenchError(
      `${source}: num_labels is ${count}, but id2label names ${ids.length}`,
      headless === null ? 'mend config.json' : `mend config.json, or ${headless}`,
    );
  }
  if (problem_type === 'regression' && count !== 1) {
    throw new BenchError(
      `${source}: a regression with ${count} outputs is not supported`,
      headless === null ? 'supported: one output' : `supported: one output; ${headless}`,
    );
  }
  const labels = Array.from({ length: count }, (_, index) =>
    ids[index] === undefined ? `label ${index}` : String(id2label?.[String(ids[index])]),
  );
  if (ids.every((id, index) => id === index)) return { labels };
  // transformers makes as many outputs as id2label has names and numbers them from 0, whatever the ids are.
  const note = `id2label has the ids ${ids.slice(0, 12).join(', ')}, so output 0 was taken for id ${ids[0] ?? 0}, and so on in their order`;
  return { labels, note };
}

/** Ids in their order. transformers reads each as a whole number and fails where it cannot. */
function idsOf(id2label: NonNullable<HfConfig['id2label']>, source: string): number[] {
  const ids = Object.keys(id2label);
  const odd = ids.find((id) => !/^(0|[1-9]\d{0,8})$/.test(id));
  if (odd === undefined) return ids.map(Number).sort((a, b) => a - b);
  throw new BenchError(
    `${source}: id2label has the id "${odd.slice(0, 80)}", which is not a whole number`,
    'mend config.json: "id2label": {"0": "negative", "1": "positive"}',
  );
}

function unsupported(source: string, field: string, value: string, known: readonly string[]): BenchError {
  return new BenchError(`${source}: ${field} "${value}" is not supported`, `supported: ${known.join(', ')}`);
}
