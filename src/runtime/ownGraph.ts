// Feeding and reading the graphs that the bench builds itself: int64 inputs and outputs of fixed names. Inputs are made
// once, so that the timed call holds no allocation of ours.
import * as ort from 'onnxruntime-node';
import { BenchError } from '../core/errors.ts';
import {
  tensorOf,
  TAKES_ALL,
  type EncoderOutput,
  type Feeds,
  type GraphPorts,
  type LayerDecision,
  type TokenInputs,
} from './graphPorts.ts';

/** @param path for the message. @throws BenchError if it is none of the bench's graphs. */
export function ownPorts(
  path: string,
  { inputNames, outputNames }: Pick<ort.InferenceSession, 'inputNames' | 'outputNames'>,
): GraphPorts {
  for (const name of ['logits', 'kept_tokens']) {
    if (!outputNames.includes(name)) {
      throw new BenchError(`${path} has no output "${name}"`, `it has ${outputNames.join(', ')}`);
    }
  }
  const telling = outputNames.filter((name) => /^(score|keep)\.\d+$/.test(name));
  return {
    takes: TAKES_ALL,
    fetches: null,
    prepare: (batch) => prepare(inputNames, batch),
    decode: (outputs) => decode(outputs, telling),
  };
}

/** Feeds the inputs that the graph declares, no more: one without segment embeddings has no token_type_ids. */
function prepare(inputNames: readonly string[], batch: TokenInputs): Feeds {
  const shape = [batch.batch, batch.length];
  const known = new Map([
    ['input_ids', batch.inputIds],
    ['attention_mask', batch.attentionMask],
    ['token_type_ids', batch.tokenTypeIds],
  ]);
  const feeds: Record<string, ort.Tensor> = {};
  for (const name of inputNames) {
    if (name === 'strengths' && batch.strengths !== undefined) {
      feeds[name] = new ort.Tensor('float32', batch.strengths, [batch.strengths.length]);
      continue;
    }
    const data = known.get(name);
    if (data === undefined)
      throw new Error(`the graph wants an input "${name}", which the bench does not know`);
    if (data.length !== batch.batch * batch.length) {
      throw new Error(`${name} has ${data.length} numbers, not ${batch.batch} x ${batch.length}`);
    }
    feeds[name] = new ort.Tensor('int64', data, shape);
  }
  return feeds;
}

/** @param telling names of the outputs that tell decisions. */
function decode(outputs: ort.InferenceSession.OnnxValueMapType, telling: readonly string[]): EncoderOutput {
  const logits = tensorOf(outputs, 'logits'); // (B, C)
  const kept = tensorOf(outputs, 'kept_tokens'); // (L, B)
  const [batch = 0, classes = 0] = logits.dims;
  const base = {
    ...(telling.length === 0 ? {} : { told: toldOf(outputs, telling) }),
    logits: float32(logits, 'logits'),
    classes,
    keptTokens: int64(kept, 'kept_tokens'),
    layers: kept.dims[0] ?? 0,
    batch,
    ...(outputs['orphans'] === undefined ? {} : { orphans: int64(tensorOf(outputs, 'orphans'), 'orphans') }),
    ...decisionsIn(outputs),
  };
  if (outputs['last_hidden_state'] === undefined) return base;
  return { ...base, lastHiddenState: float32(tensorOf(outputs, 'last_hidden_state'), 'last_hidden_state') };
}

function toldOf(
  outputs: ort.InferenceSession.OnnxValueMapType,
  names: readonly string[],
): NonNullable<EncoderOutput['told']> {
  return new Map(
    names.map((name) => {
      const tensor = tensorOf(outputs, name);
      return [name, name.startsWith('score.') ? float32(tensor, name) : int64(tensor, name)];
    }),
  );
}

/** The outputs `score.<layer>` and `keep.<layer>`, in the order of layers; none in a graph that is timed. */
function decisionsIn(outputs: ort.InferenceSession.OnnxValueMapType): Pick<EncoderOutput, 'decisions'> {
  const layers = Object.keys(outputs).flatMap(
    (name) => /^score\.(\d+)$/.exec(name)?.slice(1).map(Number) ?? [],
  );
  if (layers.length === 0) return {};
  const decisions = layers
    .toSorted((a, b) => a - b)
    .map((layer): LayerDecision => {
      const score = tensorOf(outputs, `score.${layer}`);
      const keep = int64(tensorOf(outputs, `keep.${layer}`), `keep.${layer}`);
      return { layer, dims: score.dims, score: float32(score, `score.${layer}`), keep };
    });
  return { decisions };
}

function float32(tensor: ort.Tensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new Error(`${name} is ${tensor.type}, not float32`);
}

function int64(tensor: ort.Tensor, name: string): BigInt64Array {
  if (tensor.data instanceof BigInt64Array) return tensor.data;
  throw new Error(`${name} is ${tensor.type}, not int64`);
}
