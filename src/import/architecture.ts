// What an architecture is to the import: which checkpoints are its own, and what their tensors are called among the
// names that the graphs use (BERT's). One file an architecture; architectures.ts lists them.
import type { MethodName } from '../core/names.ts';
import type { EncoderConfig } from '../graphs/config.ts';
import type { Dtype } from '../weights/safetensorsHeader.ts';
import type { TensorToWrite } from '../weights/writeSafetensors.ts';
import type { OfficialOptions } from './official/options.ts';

/** A tensor of the checkpoint, whichever of its files holds it. */
export interface SourceTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major, read anew on each call. */
  readonly bytes: () => Uint8Array;
  /** Widened to float32. @throws BenchError if a value is not finite. */
  readonly floats: () => Float32Array;
}

/** A Hugging Face directory, opened and checked as far as files go. */
export interface Checkpoint {
  readonly folder: string;
  /** For messages. */
  readonly configPath: string;
  /** config.json as it is. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By the name in the file, without what a wrapper put before it (wrappers.ts). */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
}

/** A tensor under its canonical name. */
export interface CanonicalTensor extends TensorToWrite {
  /** Names of the source tensors it is made of; none if it was made up (a random head). */
  readonly from: readonly string[];
}

/** An operating point that a checkpoint carries: learned thresholds, predictors. */
export interface ImportedPoint {
  readonly name: string;
  readonly method: MethodName;
  /** As a point file has them: `pruning.*`, `skim.*`. */
  readonly tensors: readonly CanonicalTensor[];
  /** `cls`, `score`, `floor`, ...; method, point, model and base_sha256 are added by the import. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Reading {
  readonly config: EncoderConfig;
  /** What `config` was read from, to be kept with the model: config.json, for an encoder alone without its head. */
  readonly rawConfig: Readonly<Record<string, unknown>>;
  /** bert.embeddings.*, bert.embeddings_project, bert.encoder.layer.N.*, bert.pooler.dense, classifier. */
  readonly tensors: readonly CanonicalTensor[];
  /** Source tensors that are left out on purpose. Any other that no canonical one is made of refuses the import. */
  readonly ignored: readonly string[];
  readonly points: readonly ImportedPoint[];
  /** Whether there is a trained head, so that the model answers something. */
  readonly answers: boolean;
  /** Lines for the person: what was understood that they may not expect. */
  readonly notes: readonly string[];
}

/** A reading as it is believed: checked against the configuration. */
export interface CheckedReading extends Reading {
  /** Source tensors that no part of the model is known to have: passed over, and named. */
  readonly extra: readonly string[];
}

export interface ReadOptions {
  /** Take the encoder alone, whatever head the checkpoint has. */
  readonly withoutHead: boolean;
  /** For published pruning checkpoints; their published settings if left out. */
  readonly official?: OfficialOptions;
}

export interface Architecture {
  /** For messages, e.g. "BERT". */
  readonly name: string;
  /** Whether the checkpoint is of this kind. The first of the registry that says so reads it. */
  matches(checkpoint: Checkpoint): boolean;
  /**
   * Shapes need no check here: every canonical tensor is compared with `tensorShapes(config)` afterwards.
   * @throws BenchError naming what is missing or cannot be computed.
   */
  read(checkpoint: Checkpoint, options: ReadOptions): Reading;
}
