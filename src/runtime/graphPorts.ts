// What stands between the bench's batches and answers and the inputs and outputs of one graph. Two kinds of graph have
// it: our own, whose names are fixed (ownGraph.ts), and ready graphs of the user's (readyGraph.ts).
import type { InferenceSession, Tensor } from 'onnxruntime-node';

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
export type Feeds = Readonly<Record<string, Tensor>>;

export interface EncoderOutput {
  /** (batch, classes). */
  readonly logits: Float32Array;
  readonly classes: number;
  /** (layers, batch): tokens alive after each layer; empty, with 0 layers, of a graph that does not tell. */
  readonly keptTokens: BigInt64Array;
  readonly layers: number;
  readonly batch: number;
  /** (layers, batch): 1 where a pruned [CLS] is carried on, of graphs in which it may be pruned. */
  readonly orphans?: BigInt64Array;
  /** (batch, length, hidden), of graphs built to tell it. */
  readonly lastHiddenState?: Float32Array;
  /** Scores and fates by output name, for graphs built to tell their decisions (graphs/decisions.ts). */
  readonly told?: ReadonlyMap<string, Float32Array | BigInt64Array>;
  /** By layer, of graphs built to tell them (graphs/decisions.ts). */
  readonly decisions?: readonly LayerDecision[];
}

export interface LayerDecision {
  readonly layer: number;
  /** (batch, longest) of slots or (rows) of packed rows. */
  readonly dims: readonly number[];
  readonly score: Float32Array;
  /** 1 where the method keeps the token. */
  readonly keep: BigInt64Array;
}

/** Batches that a graph can be fed; null: any. */
export interface Takes {
  readonly batch: number | null;
  /** Columns; texts that are shorter must be padded to it. */
  readonly length: number | null;
  /** Whether it can tell padding from text. */
  readonly padding: boolean;
}

export const TAKES_ALL: Takes = { batch: null, length: null, padding: true };

export interface GraphPorts {
  readonly takes: Takes;
  /** Outputs that are asked for; null for all. */
  readonly fetches: readonly string[] | null;
  /** @throws if the graph cannot be fed this batch. */
  readonly prepare: (batch: TokenInputs) => Feeds;
  /** @throws if the outputs are not as they should be. */
  readonly decode: (outputs: InferenceSession.OnnxValueMapType, feeds: Feeds) => EncoderOutput;
}

export function tensorOf(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the session returned no "${name}"`);
  return value;
}
