// What an LTP checkpoint prunes, from config.json and the learned scalars: thresholds (prune_mode absolute_threshold)
// or keep rates (topk). The base ramp is not in the weights: the published code rebuilds it from
// final_token_threshold as final * l / L with l from 0, though its README reads (l + 1) / L; so does this. All
// arithmetic is in float32, as there.
import { BenchError } from '../../core/errors.ts';
import type { EncoderConfig } from '../../graphs/config.ts';
import { floatTensor } from '../../weights/writeSafetensors.ts';
import type { CanonicalTensor, Checkpoint, ImportedPoint, SourceTensor } from '../architecture.ts';
import { OFFICIAL_POINT, unsupported } from './options.ts';

/** A learned scalar, [] or [1]. */
export const KEEP_THRESHOLD = /^(?:ibert\.)?encoder\.layer\.(\d+)\.attention\.self\.pruner\.keep_threshold$/;

/** Added to no threshold but their lower limit: padding and dead tokens receive exactly 0, and so stay dead. */
const FLOOR = 1e-5;
/** The lowest keep rate of any layer. */
const LEAST_RATE = 0.01;

export interface LtpPruning {
  readonly points: readonly ImportedPoint[];
  readonly notes: readonly string[];
}

/** @throws BenchError naming the field or the tensor that does not fit. */
export function ltpPruning(
  checkpoint: Checkpoint,
  { layers, maxPositions }: EncoderConfig,
  checkpointLength: number,
): LtpPruning {
  const mode = checkpoint.config['prune_mode'];
  if (mode === 'absolute_threshold') {
    checkLength(checkpointLength, maxPositions);
    return thresholds(checkpoint, layers, checkpointLength);
  }
  if (mode === 'topk') return keepRates(checkpoint, layers);
  const learned = learnedThresholds(checkpoint).size;
  const off = mode === undefined || mode === null || mode === false;
  if (off && learned === 0) return { points: [], notes: ['prune_mode is not set: a dense model, no point'] };
  throw unsupported(
    checkpoint.configPath,
    'prune_mode',
    mode ?? null,
    off
      ? 'the weights hold learned thresholds: write "absolute_threshold"'
      : 'supported: absolute_threshold, topk',
  );
}

function checkLength(length: number, most: number): void {
  if (Number.isSafeInteger(length) && length >= 1 && length <= most) return;
  throw new BenchError(
    `a checkpoint length of ${length} tokens, but the model takes 1 to ${most}`,
    '--checkpoint-length is the length that inputs were padded to in training (128 in the published recipe)',
  );
}

function thresholds(checkpoint: Checkpoint, layers: number, length: number): LtpPruning {
  refuseOtherScores(checkpoint);
  const final = setting(checkpoint, 'final_token_threshold');
  const { deltas, from } = deltasOf(checkpoint, layers);
  const totals = deltas.map((delta, layer) => Math.fround(Math.fround((final * layer) / layers) + delta));
  refuseRevival(checkpoint, totals);
  const learned = deltas.some((delta) => delta !== 0);
  const method = learned ? 'ltp' : 'threshold';
  const data = Float32Array.from(totals, (total) => total * length);
  const tensor = { ...floatTensor('pruning.thresholds', [layers], data), from };
  const floor = String(Number((FLOOR * length).toPrecision(12)));
  const source = { published: 'LTP', prune_mode: 'absolute_threshold', checkpoint_length: String(length) };
  return {
    points: [pointOf(method, tensor, { ...source, floor, final_token_threshold: String(final) })],
    notes: [
      `${method}: thresholds ${totals.map((total) => String(Number(total.toPrecision(4)))).join(' ')}` +
        (learned ? ' (ramp and learned parts)' : ' (the ramp alone: none was learned)'),
      `scores are means over inputs padded to ${length} tokens (--checkpoint-length): kept tokens are those of the ` +
        'published code at that padding, whatever the padding here',
      ...ORPHAN_NOTE,
    ],
  };
}

function keepRates(checkpoint: Checkpoint, layers: number): LtpPruning {
  const last = setting(checkpoint, 'token_keep_rate');
  if (last > 1) {
    throw unsupported(
      checkpoint.configPath,
      'token_keep_rate',
      last,
      'above 1 the published code brings padding to life: write 1 or less',
    );
  }
  const rates = ltpKeepRates(layers, last);
  const tensor = { ...floatTensor('pruning.keep_rates', [layers], Float32Array.from(rates)), from: [] };
  const metadata = { published: 'LTP', prune_mode: 'topk', token_keep_rate: String(last) };
  const unused = learnedThresholds(checkpoint).size > 0 ? ['keep_threshold is not used in this mode'] : [];
  return {
    points: [pointOf('topk', tensor, metadata)],
    notes: [
      `topk: keep rates ${rates.map((rate) => String(Number(rate.toPrecision(3)))).join(' ')} of the real input length`,
      ...unused,
      'equal scores are settled for the earlier token; the published sort is unstable and has no rule',
      ...ORPHAN_NOTE,
    ],
  };
}

const ORPHAN_NOTE: readonly string[] = [
  '[CLS] is not protected, as published: where it is pruned its row goes on without attention, and the head reads it',
];

/** 1 for the first max(3, ceil(0.15 L)) layers, then a straight line to `last` in the last layer, at least 0.01. */
export function ltpKeepRates(layers: number, last: number): number[] {
  const untouched = Math.max(3, Math.ceil(0.15 * layers));
  const slope = (last - 1) / (layers - untouched);
  return Array.from({ length: layers }, (_, layer) =>
    layer < untouched ? 1 : Math.max(LEAST_RATE, slope * (layer - untouched + 1) + 1),
  );
}

function pointOf(
  method: ImportedPoint['method'],
  tensor: CanonicalTensor,
  metadata: Readonly<Record<string, string>>,
): ImportedPoint {
  const policy = { cls: 'unprotected', score: 'received-attention' };
  return { name: OFFICIAL_POINT, method, tensors: [tensor], metadata: { ...policy, ...metadata } };
}

/** Branches of the repository had a score that divides by the tokens alive, which no fixed threshold equals. */
function refuseOtherScores({ config, configPath }: Checkpoint): void {
  const mode = config['scoring_mode'];
  if (mode === undefined || mode === null || mode === 'mean') return;
  throw unsupported(configPath, 'scoring_mode', mode, 'supported: mean');
}

/** From config.json itself or its prune_kwargs, where both are written they must agree. */
function setting({ config, configPath }: Checkpoint, field: string): number {
  const kwargs = config['prune_kwargs'];
  const nested: unknown =
    typeof kwargs === 'object' && kwargs !== null ? Reflect.get(kwargs, field) : undefined;
  const value = config[field] ?? nested;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new BenchError(
      `${configPath}: prune_mode ${JSON.stringify(config['prune_mode'])} needs the number ${field}`,
      'write the value that the checkpoint was trained with: its thresholds or rates are not in the weights',
    );
  }
  if (nested !== undefined && nested !== value) {
    throw new BenchError(
      `${configPath}: ${field} is ${value}, but ${JSON.stringify(nested)} in prune_kwargs`,
      'write the value that the checkpoint was trained with in both',
    );
  }
  return value;
}

function learnedThresholds({ tensors }: Checkpoint): Map<number, SourceTensor> {
  const found = new Map<number, SourceTensor>();
  for (const [name, tensor] of tensors) {
    const layer = KEEP_THRESHOLD.exec(name)?.[1];
    if (layer !== undefined) found.set(Number(layer), tensor);
  }
  return found;
}

/** One a layer, or none at all: then they are the published initial value, 0. */
function deltasOf(checkpoint: Checkpoint, layers: number): { deltas: number[]; from: string[] } {
  const found = learnedThresholds(checkpoint);
  if (found.size === 0) return { deltas: new Array<number>(layers).fill(0), from: [] };
  const tensors = Array.from({ length: layers }, (_, layer) => scalarOf(checkpoint, found.get(layer), layer));
  return { deltas: tensors.map(({ value }) => value), from: tensors.map(({ name }) => name) };
}

function scalarOf(
  { folder }: Checkpoint,
  tensor: SourceTensor | undefined,
  layer: number,
): { name: string; value: number } {
  const [value, ...more] = tensor?.floats() ?? [];
  if (tensor !== undefined && value !== undefined && more.length === 0) return { name: tensor.name, value };
  const what = tensor === undefined ? 'is missing' : `holds ${more.length + 1} values, not one`;
  throw new BenchError(
    `${folder}: keep_threshold of layer ${layer} ${what}`,
    'config.json and weights must be of the same model: fetch both anew',
  );
}

/**
 * In a layer whose threshold is exactly 0 the published code leaves all rows alone, so a [CLS] that was pruned before
 * attends again. Training cannot lead there: without a ramp no threshold ever moves.
 */
function refuseRevival({ configPath }: Checkpoint, totals: readonly number[]): void {
  const first = totals.findIndex((total) => total !== 0);
  const zero = first === -1 ? -1 : totals.indexOf(0, first);
  if (zero === -1) return;
  throw new BenchError(
    `${configPath}: the threshold of layer ${zero} is exactly 0 after layer ${first} has pruned`,
    'there the published code lets a pruned [CLS] attend again, which removal cannot: check final_token_threshold',
  );
}
