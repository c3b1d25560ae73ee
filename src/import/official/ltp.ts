// Checkpoints of LTP's repository (kssteven418/LTP, LTPForSequenceClassification): I-BERT's modules in float mode,
// which is RoBERTa, with a pruner in every layer. The quantisation buffers say nothing in float mode and are left out
// by name; what the pruner does becomes a point (ltpPruning.ts).
import { ROBERTA_HEADS } from '../architectures/roberta.ts';
import type { Architecture, Checkpoint } from '../architecture.ts';
import { familyArchitecture } from '../family.ts';
import { KEEP_THRESHOLD, ltpPruning } from './ltpPruning.ts';
import { OFFICIAL_DEFAULTS, unsupported } from './options.ts';

/** Buffers of I-BERT's QuantLinear, QuantEmbedding, QuantAct and IntLayerNorm. */
const QUANTISATION =
  /\.(?:weight_integer|bias_integer|weight_scaling_factor|fc_scaling_factor|act_scaling_factor|x_min|x_max|shift)$/;

const float = familyArchitecture({
  name: 'LTP',
  modelType: 'ltp',
  encoder: [
    { pattern: QUANTISATION, name: null },
    { pattern: KEEP_THRESHOLD, name: null },
    { pattern: /^(?:ibert\.)?(embeddings|encoder)\./, name: 'bert.$1.' },
    { pattern: /^lm_head\./, name: null },
  ],
  ...ROBERTA_HEADS,
});

export const ltp: Architecture = {
  name: 'LTP',
  matches: (checkpoint) =>
    float.matches(checkpoint) || [...checkpoint.tensors.keys()].some((name) => KEEP_THRESHOLD.test(name)),
  read: (checkpoint, options) => {
    refuseUnreadable(checkpoint);
    const reading = float.read(checkpoint, options);
    const { checkpointLength } = options.official ?? OFFICIAL_DEFAULTS;
    const { points, notes } = ltpPruning(checkpoint, reading.config, checkpointLength);
    return { ...reading, points, notes: [...reading.notes, ...notes] };
  },
};

function refuseUnreadable({ config, configPath }: Checkpoint): void {
  const { model_type: type, quant_mode: quantised } = config;
  if (type !== 'ltp') {
    throw unsupported(
      configPath,
      'model_type',
      type,
      'the weights hold LTP’s keep_threshold, so it should be "ltp"',
    );
  }
  if (quantised === true) {
    throw unsupported(
      configPath,
      'quant_mode',
      quantised,
      'integer I-BERT is another model: import the checkpoint that was trained with quant_mode false',
    );
  }
}
