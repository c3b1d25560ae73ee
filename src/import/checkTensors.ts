// Whether a reading is whole: every tensor that the configuration asks for is there in its shape and in a dtype that
// can be stored. A tensor of the checkpoint that nothing uses is passed over and named where it stands beside the model (a
// loss's weights), and refused where it stands inside of it, or looks as if it changed what the model computes.
import { BenchError } from '../core/errors.ts';
import { tensorShapes } from '../graphs/tensorShapes.ts';
import type { Dtype } from '../weights/safetensorsHeader.ts';
import type { CanonicalTensor, CheckedReading, Checkpoint, Reading } from './architecture.ts';

const FLOATS: readonly Dtype[] = ['F32', 'F16', 'BF16'];
const REMEDY = 'config.json and weights must be of the same model: fetch both anew';

/** @throws BenchError naming the first tensor that is missing, unexpected or not as config.json says. */
export function checkTensors(checkpoint: Checkpoint, reading: Reading): CheckedReading {
  const { folder } = checkpoint;
  const expected = tensorShapes(reading.config);
  const found = new Map(reading.tensors.map((tensor) => [tensor.name, tensor]));
  for (const tensor of reading.tensors) {
    if (!expected.has(tensor.name)) throw unexpected(folder, sourceName(tensor));
  }
  for (const [name, shape] of expected) {
    const tensor = found.get(name);
    if (tensor === undefined) throw missing(folder, name, reading);
    if (tensor.shape.join() !== shape.join()) {
      const shapes = `[${tensor.shape.join(', ')}], config.json asks for [${shape.join(', ')}]`;
      throw new BenchError(`${folder}: tensor ${sourceName(tensor)} is ${shapes}`, REMEDY);
    }
  }
  for (const tensor of [...reading.tensors, ...reading.points.flatMap((point) => point.tensors)]) {
    checkDtype(folder, tensor);
  }
  return { ...reading, extra: leftOver(checkpoint, reading) };
}

function checkDtype(folder: string, tensor: CanonicalTensor): void {
  const integers = tensor.name === 'pruning.keep_counts' && tensor.dtype.startsWith('I');
  if (FLOATS.includes(tensor.dtype) || integers) return;
  throw new BenchError(
    `${folder}: tensor ${sourceName(tensor)} is stored as ${tensor.dtype}`,
    `store it as one of ${FLOATS.join(', ')}`,
  );
}

/** Parts of a model, and what is known to change an encoder from outside of it. */
const PART =
  /^(?:bert|roberta|distilbert|electra|ibert|embeddings|encoder|transformer|pooler)\.|adapter|lora_|prompt|prefix_encoder/i;

function leftOver(
  { folder, tensors }: Checkpoint,
  { tensors: used, points, ignored }: Reading,
): readonly string[] {
  const known = new Set([
    ...ignored,
    ...[...used, ...points.flatMap((point) => point.tensors)].flatMap(({ from }) => from),
  ]);
  const left = [...tensors.keys()].filter((name) => !known.has(name));
  const part = left.find((name) => PART.test(name));
  if (part !== undefined) throw unexpected(folder, part);
  return left;
}

/** As the person knows it. */
function sourceName({ name, from }: CanonicalTensor): string {
  return from[0] ?? name;
}

function unexpected(folder: string, name: string): BenchError {
  const remedy = /adapter|lora_/i.test(name)
    ? 'merge the adapter into the model first: merge_and_unload() in PEFT, then save_pretrained(DIR)'
    : name.startsWith('classifier.') || name.startsWith('pre_classifier.')
      ? 'a head of another form: `--head none` takes the encoder alone'
      : 'is config.json of this very model?';
  return new BenchError(`${folder}: unexpected tensor ${name}`, remedy);
}

function missing(folder: string, name: string, { answers }: Reading): BenchError {
  const head = name.startsWith('classifier.') || name.startsWith('bert.pooler.');
  const remedy =
    head && answers
      ? '`--head none` takes the encoder alone; python train/head.py fits a head to it'
      : REMEDY;
  return new BenchError(`${folder}: tensor ${name} (by BERT's names) is missing`, remedy);
}
