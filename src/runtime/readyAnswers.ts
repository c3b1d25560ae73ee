// Which outputs of a ready graph hold its answers, and reading them: logits (batch, classes) or (batch), of an encoder
// without a head the states (batch, length, width), of which the first token's stand for answers; and the kept tokens
// (layers, batch) of graphs that tell them as the bench's own do. Other outputs are not fetched.
import type * as ort from 'onnxruntime-node';
import { BenchError } from '../core/errors.ts';
import type { GraphReading, OutputRole } from '../core/schema/reading.ts';
import { tensorOf, type EncoderOutput, type Feeds, type GraphPorts } from './graphPorts.ts';
import { decoded, isFloat } from './tensorTypes.ts';

/** Sizes as declared: a number, or a name for what is left open; empty where nothing is declared. */
export type Dims = readonly (number | string)[];

type Tensor = ort.InferenceSession.TensorValueMetadata;
type Outputs = ort.InferenceSession.OnnxValueMapType;

export function readyAnswers(
  path: string,
  metadata: readonly ort.InferenceSession.ValueMetadata[],
  { outputs }: GraphReading,
): Pick<GraphPorts, 'fetches' | 'decode'> {
  const tensors = metadata.filter((one) => one.isTensor);
  const said = (role: OutputRole): Tensor | undefined =>
    outputs[role]?.map((name) => tensors.find((one) => one.name === name)).find((one) => one !== undefined);
  const logits = said('logits') ?? usualLogits(path, tensors);
  const kept = said('kept') ?? tensors.find(({ name, type }) => name === 'kept_tokens' && type === 'int64');
  const names = { logits: logits.name, kept: kept?.name ?? null };
  return {
    fetches: kept === undefined ? [logits.name] : [logits.name, kept.name],
    decode: (values, feeds) => decode(values, batchOf(feeds), names),
  };
}

function usualLogits(path: string, tensors: readonly Tensor[]): Tensor {
  const floats = tensors.filter(({ type }) => isFloat(type));
  const rank = (wanted: number): Tensor | undefined => floats.find(({ shape }) => shape.length === wanted);
  // A shape that is not declared is checked at every call.
  const found = floats.find(({ name }) => name === 'logits') ?? rank(2) ?? rank(1) ?? rank(3) ?? rank(0);
  if (found !== undefined) return found;
  const has = tensors.map(({ name, type, shape }) => `${name} ${type}[${shape.join(', ')}]`).join('; ');
  throw new BenchError(
    `${path} has no float output [batch, classes], [batch] or [batch, length, width]; it has ${has}`,
    '--graph-outputs logits=NAME',
  );
}

function batchOf(feeds: Feeds): number {
  return Object.values(feeds)[0]?.dims[0] ?? 0;
}

function decode(
  outputs: Outputs,
  batch: number,
  names: { readonly logits: string; readonly kept: string | null },
): EncoderOutput {
  const tensor = tensorOf(outputs, names.logits);
  const logits = decoded(tensor, names.logits);
  // A single answer may come without its batch axis.
  if (tensor.dims[0] !== batch && batch !== 1) {
    const shape = tensor.dims.join(', ');
    throw new Error(`output "${names.logits}" has shape [${shape}] for a batch of ${batch}`);
  }
  const answers = tensor.dims.length === 3 ? firstStates(logits, tensor.dims) : logits;
  return { logits: answers, classes: answers.length / batch, batch, ...keptOf(outputs, batch, names.kept) };
}

/** (batch, width) of (batch, length, width). */
function firstStates(
  states: Float32Array,
  [batch = 0, length = 0, width = 0]: readonly number[],
): Float32Array {
  const first = new Float32Array(batch * width);
  for (let text = 0; text < batch; text++) {
    const start = text * length * width;
    first.set(states.subarray(start, start + width), text * width);
  }
  return first;
}

const NONE = { keptTokens: new BigInt64Array(0), layers: 0 };

function keptOf(
  outputs: Outputs,
  batch: number,
  name: string | null,
): Pick<EncoderOutput, 'keptTokens' | 'layers'> {
  if (name === null) return NONE;
  const { data, dims } = tensorOf(outputs, name);
  const fits = data instanceof BigInt64Array && dims.length === 2 && dims[1] === batch;
  return fits ? { keptTokens: data, layers: dims[0] ?? 0 } : NONE;
}
