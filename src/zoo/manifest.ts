// The manifest of a folder of models, as it is on disk.
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { METHODS, MODEL_ORIGINS } from '../core/names.ts';

const fileSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int() });
const metricSchema = z.object({
  accuracy: z.number(),
  n: z.number().int(),
  flopsRatio: z.number().optional(),
});
/** What a calibrated point was confirmed with; `metric` may be the agreement with dense. */
const heldOutSchema = z.object({
  task: z.string(),
  metric: z.string(),
  value: z.number(),
  n: z.number().int(),
  flopsRatio: z.number(),
});
const metricsSchema = z
  .object({
    'sst2-dev': metricSchema,
    documents: z.record(z.string(), metricSchema),
    heldOut: heldOutSchema,
  })
  .partial();
const trainingSchema = z.object({ command: z.string(), seed: z.number().int() });
export const pointSchema = fileSchema.extend({
  name: z.string(),
  method: z.enum(METHODS),
  file: z.string(),
  training: trainingSchema,
  metrics: metricsSchema,
});
export const modelSchema = z.object({
  name: z.string(),
  origin: z.enum(MODEL_ORIGINS).default('shipped'),
  /** Whether it answers a task. Without a trained head, or with random weights, there is nothing to be accurate about. */
  answers: z.boolean().default(true),
  task: z.string(),
  dir: z.string(),
  licence: z.string(),
  base: z.string(),
  files: z.record(z.string(), fileSchema),
  training: trainingSchema,
  metrics: metricsSchema,
  points: z.array(pointSchema),
});
export const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  models: z.array(modelSchema),
  /** Points of models that other manifests hold; files are relative to this manifest's folder. */
  points: z.array(pointSchema.extend({ model: z.string() })).default([]),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type Metrics = z.infer<typeof metricsSchema>;

/** @throws BenchError naming the first thing that is not as it should be. */
export function readManifest(path: string): Manifest {
  return readJson(path, manifestSchema, 'the zoo manifest');
}
