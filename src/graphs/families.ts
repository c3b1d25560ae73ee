// How each family of encoders writes its configuration: BERT's keys are the common tongue, and what differs is said
// here, one entry a `model_type` of Hugging Face.

/** The activation between [CLS] and the classifier: tanh in BERT and RoBERTa, relu in DistilBERT, gelu in ELECTRA. */
export type HeadActivation = 'tanh' | 'relu' | 'gelu';

type Raw = Readonly<Record<string, unknown>>;

export interface Family {
  /** The configuration under BERT's keys, with the family's own defaults. */
  common(config: Raw): Raw;
  /** Row of the position table that the first token takes. @param padId `pad_token_id`, null if not given. */
  firstPosition(padId: number | null): number;
  readonly headActivation: HeadActivation;
  /** Whether `embedding_size` may differ from `hidden_size`. */
  readonly projects: boolean;
}

const BERT: Family = {
  common: (config) => config,
  firstPosition: () => 0,
  headActivation: 'tanh',
  projects: false,
};

const ROBERTA: Family = {
  ...BERT,
  // transformers: create_position_ids_from_input_ids, padding_idx + 1 + the number of tokens before.
  firstPosition: (padId) => (padId ?? 1) + 1,
};

const ELECTRA: Family = {
  ...BERT,
  common: (config) => ({ embedding_size: 128, ...config }),
  headActivation: 'gelu',
  projects: true,
};

const DISTILBERT: Family = {
  ...BERT,
  common: ({ dim, n_layers, n_heads, hidden_dim, activation, ...rest }) => ({
    ...rest,
    hidden_size: dim,
    num_hidden_layers: n_layers,
    num_attention_heads: n_heads,
    intermediate_size: hidden_dim,
    hidden_act: activation ?? 'gelu',
    type_vocab_size: 0,
    layer_norm_eps: 1e-12, // fixed in transformers' modeling_distilbert.py
  }),
  headActivation: 'relu',
};

export const FAMILIES: Readonly<Record<string, Family>> = {
  bert: BERT,
  roberta: ROBERTA,
  ltp: ROBERTA, // LTP's published checkpoints: I-BERT in float mode
  distilbert: DISTILBERT,
  electra: ELECTRA,
};
