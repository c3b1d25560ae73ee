// models/geometry.json: encoders of published sizes with random weights, declared as data. What is made of a
// declaration (hashes of the weights, strengths of the points) is recorded beside it by
// `npm run models -- calibrate-geometry`; without it the model is not offered.
import { z } from 'zod';
import { readJson } from '../../core/atomicFile.ts';
import { TRAJECTORIES } from './trajectory.ts';

const fileFacts = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int() });

/** The methods that have geometry points. `threshold` would be the same graph as `ltp`. */
export const GEOMETRY_METHODS = ['ltp', 'topk', 'transkimmer'] as const;
export type GeometryMethod = (typeof GEOMETRY_METHODS)[number];

const strengthSchema = fileFacts.extend({
  /**
   * Length of the texts that the strengths are for; null for all. Random weights treat [CLS] and [SEP] in a way of their
   * own, which weighs more in short texts: one threshold for all lengths keeps 7 % more of 32 tokens than it should.
   */
  seqLen: z.number().int().nullable(),
  /**
   * One a layer. ltp: thresholds, 0 where nothing is removed. topk: keep rates. transkimmer: bias of the logit
   * "keep" over the logit "skim".
   */
  strengths: z.array(z.number()).min(1),
});
export type GeometryStrengths = z.infer<typeof strengthSchema>;

const pointSchema = z.object({
  method: z.enum(GEOMETRY_METHODS),
  trajectory: z.enum(TRAJECTORIES),
  lengths: z.array(strengthSchema).min(1),
});
export type GeometryPoint = z.infer<typeof pointSchema>;

export const geometryModelSchema = z.object({
  name: z.string(),
  seed: z.number().int(),
  /** Folder of the tokenizer, beside this file: ids mean nothing to random weights, but lengths must be those of text. */
  tokenizer: z.string(),
  /** Special ids of the model's own vocabulary, where they are not the tokenizer's. */
  specialIds: z.object({ cls: z.number().int(), sep: z.number().int(), pad: z.number().int() }).nullable(),
  spread: z.object({ weights: z.number().positive(), queryBias: z.number().nonnegative() }),
  /** As Hugging Face writes it. */
  config: z.record(z.string(), z.unknown()),
  /** Null until it has been made once. */
  weights: fileFacts.nullable(),
  points: z.array(pointSchema),
});
export type GeometryModel = z.infer<typeof geometryModelSchema>;

export const geometrySchema = z.object({ schemaVersion: z.literal(1), models: z.array(geometryModelSchema) });
export type GeometryFile = z.infer<typeof geometrySchema>;

export const GEOMETRY_FILE = 'geometry.json';

/** @throws BenchError naming the first thing that is not as it should be. */
export function readGeometry(path: string): GeometryFile {
  return readJson(path, geometrySchema, 'the list of geometries');
}

/** Seeds all that is random of the model. */
export function streamOf({ name, seed }: Pick<GeometryModel, 'name' | 'seed'>): string {
  return `geometry/${name}/${seed}`;
}
