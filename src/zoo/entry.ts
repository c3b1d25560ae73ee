// A model of the zoo with its points: what is known of it without reading its weights.
import { hintFor } from '../core/suggestion.ts';
import { BenchError } from '../core/errors.ts';
import type { MethodName, ModelOrigin } from '../core/names.ts';
import type { Variant } from '../core/schema/group.ts';
import type { EncoderConfig } from '../graphs/config.ts';
import type { GeometryModel } from './geometry/data.ts';
import type { Metrics } from './manifest.ts';
import type { MethodFile } from './methodFile.ts';

export interface ZooFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface PointEntry {
  readonly name: string;
  readonly method: MethodName;
  readonly file: ZooFile;
  /** For a geometry's point: strengths for texts of several lengths; `file` is that for the usual one. */
  readonly byLength?: readonly { readonly seqLen: number; readonly file: ZooFile }[];
  readonly metrics: Metrics;
  readonly training: { readonly command: string; readonly seed: number };
}

export interface ModelEntry {
  readonly name: string;
  readonly origin: ModelOrigin;
  /** False without a trained head, or with random weights: accuracy is then null everywhere. */
  readonly answers: boolean;
  readonly task: string;
  readonly licence: string;
  /** Where the pretrained encoder came from. */
  readonly base: string;
  /** Absolute folder of config.json, tokenizer.json and weights.safetensors. */
  readonly dir: string;
  /** Folder of the tokenizer's files. */
  readonly tokenizerDir: string;
  readonly config: EncoderConfig;
  readonly maxPositions: number;
  readonly weights: ZooFile;
  /** All files but the points'. */
  readonly files: readonly ZooFile[];
  readonly points: readonly PointEntry[];
  readonly metrics: Metrics;
  readonly training: { readonly command: string; readonly seed: number };
  /** Methods outside the tree that it is to be measured with. */
  readonly methodFiles?: readonly MethodFile[];
  /** For a geometry: what its files are made from on first use. */
  readonly geometry?: GeometryModel;
}

/** @throws BenchError naming the points that the method has. */
export function pointOf(entry: ModelEntry, variant: Variant): PointEntry | null {
  if (variant.point === null) return null;
  const own = entry.points.filter((point) => point.method === variant.method);
  const found = own.find((point) => point.name === variant.point);
  if (found !== undefined) return found;
  throw new BenchError(
    `model "${entry.name}" has no point "${variant.point}" of ${variant.method}`,
    own.length === 0
      ? 'it has none'
      : hintFor(
          variant.point,
          own.map((point) => point.name),
        ),
  );
}
