// One encoder graph loaded into ONNX Runtime. This file and providers.ts's probe are the only places that call
// onnxruntime-node. Inputs are made once by `prepare` and fed again and again, so that the timed call holds no
// allocation of ours; `run` is synchronous native code behind a promise, so a timeout needs another process.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { BenchError, messageOf } from '../core/errors.ts';
import { sessionOptions, type SessionSettings } from './settings.ts';

export type { SessionSettings } from './settings.ts';

/** The version of the library that is loaded. */
export const ONNXRUNTIME_VERSION: string = ort.env.versions.node ?? ort.env.versions.common;

/** A batch as the text layer builds it; every array is (batch, length), row by row. */
export interface TokenInputs {
  readonly inputIds: BigInt64Array;
  readonly attentionMask: BigInt64Array;
  readonly tokenTypeIds: BigInt64Array;
  readonly batch: number;
  readonly length: number;
  /** [L], for graphs whose strengths are an input. */
  readonly strengths?: Float32Array;
}

/** Tensors ready to be fed, by graph input name. Belongs to no session: graphs with the same inputs share it. */
export type Feeds = Readonly<Record<string, ort.Tensor>>;

export interface EncoderOutput {
  /** (batch, classes). */
  readonly logits: Float32Array;
  readonly classes: number;
  /** (layers, batch): tokens alive after each layer. */
  readonly keptTokens: BigInt64Array;
  readonly layers: number;
  readonly batch: number;
  /** (batch, length, hidden), of graphs built to tell it. */
  readonly lastHiddenState?: Float32Array;
}

export interface EncoderSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Wall-clock of loading the graph and optimising it, milliseconds. */
  readonly loadMs: number;
  /** Threads that appeared while the session was made (Linux; else null). See `threadsProven`. */
  readonly threadsStarted: number | null;
  prepare(batch: TokenInputs): Feeds;
  run(feeds: Feeds): Promise<EncoderOutput>;
  /** Ends profiling and gives the path of the JSON file. */
  endProfiling(): string;
  release(): Promise<void>;
}

export async function createSession(
  graph: { readonly path: string },
  settings: SessionSettings,
): Promise<EncoderSession> {
  const threadsBefore = countThreads();
  const start = performance.now();
  const session = await load(graph.path, settings);
  const loadMs = performance.now() - start;
  const threadsAfter = countThreads();
  checkOutputs(graph.path, session.outputNames);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    loadMs,
    threadsStarted: threadsBefore === null || threadsAfter === null ? null : threadsAfter - threadsBefore,
    prepare: (batch) => prepare(session.inputNames, batch),
    run: async (feeds) => decode(await session.run(feeds)),
    endProfiling: () => endProfiling(session, settings.profilePrefix),
    release: () => session.release(),
  };
}

/**
 * Whether the thread setting acted: a pool of n threads starts n - 1 beside the caller's. The first session of
 * a process starts one more, which serves no operator (seen with 1.30), so more than expected proves nothing
 * wrong. Null where threads cannot be counted.
 */
export function threadsProven(session: EncoderSession, threads: number): boolean | null {
  if (session.threadsStarted === null) return null;
  return session.threadsStarted >= threads - 1 && session.threadsStarted <= threads;
}

async function load(path: string, settings: SessionSettings): Promise<ort.InferenceSession> {
  const options = sessionOptions(settings);
  try {
    return await ort.InferenceSession.create(path, options);
  } catch (error) {
    throw new BenchError(
      `${settings.provider} session for ${path} failed: ${messageOf(error)}`,
      'npm run doctor says which providers work here',
      { cause: error },
    );
  }
}

function checkOutputs(path: string, outputNames: readonly string[]): void {
  for (const name of ['logits', 'kept_tokens']) {
    if (!outputNames.includes(name)) {
      throw new BenchError(`${path} has no output "${name}"`, `it has ${outputNames.join(', ')}`);
    }
  }
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

function decode(outputs: ort.InferenceSession.OnnxValueMapType): EncoderOutput {
  const logits = tensorOf(outputs, 'logits'); // (B, C)
  const kept = tensorOf(outputs, 'kept_tokens'); // (L, B)
  const [batch = 0, classes = 0] = logits.dims;
  const base = {
    logits: float32(logits, 'logits'),
    classes,
    keptTokens: int64(kept, 'kept_tokens'),
    layers: kept.dims[0] ?? 0,
    batch,
  };
  if (outputs['last_hidden_state'] === undefined) return base;
  return { ...base, lastHiddenState: float32(tensorOf(outputs, 'last_hidden_state'), 'last_hidden_state') };
}

function tensorOf(outputs: ort.InferenceSession.OnnxValueMapType, name: string): ort.Tensor {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the session returned no "${name}"`);
  return value;
}

function float32(tensor: ort.Tensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new Error(`${name} is ${tensor.type}, not float32`);
}

function int64(tensor: ort.Tensor, name: string): BigInt64Array {
  if (tensor.data instanceof BigInt64Array) return tensor.data;
  throw new Error(`${name} is ${tensor.type}, not int64`);
}

/** The binding does not say where the file went: ONNX Runtime appends `_<time>.json` to the prefix. */
function endProfiling(session: ort.InferenceSession, prefix: string | undefined): string {
  if (prefix === undefined) throw new Error('endProfiling of a session made without profilePrefix');
  session.endProfiling();
  const folder = dirname(prefix);
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(prefix)}_`) && name.endsWith('.json'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const newest = files[0];
  if (newest === undefined) {
    throw new BenchError(`ONNX Runtime wrote no profile at ${prefix}_*.json`, 'is the folder writable?');
  }
  return newest;
}

function countThreads(): number | null {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null; // not Linux
  }
}
