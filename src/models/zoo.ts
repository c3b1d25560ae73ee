// The zoo: which models and points ship, parsed from models/manifest.json. Files are checked against the
// manifest's sha256 when they are first read, so a truncated download is named before it can be measured.
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { METHODS, type MethodName } from '../core/names.ts';
import { repoRoot } from '../core/root.ts';
import type { Variant } from '../core/schema.ts';
import { parseEncoderConfig, type EncoderConfig } from './config.ts';

const fileSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int() });
const metricSchema = z.object({
  accuracy: z.number(),
  n: z.number().int(),
  flopsRatio: z.number().optional(),
});
const metricsSchema = z
  .object({ 'sst2-dev': metricSchema, documents: z.record(z.string(), metricSchema) })
  .partial();
const trainingSchema = z.object({ command: z.string(), seed: z.number().int() });
const pointSchema = fileSchema.extend({
  name: z.string(),
  method: z.enum(METHODS),
  file: z.string(),
  training: trainingSchema,
  metrics: metricsSchema,
});
const modelSchema = z.object({
  name: z.string(),
  task: z.string(),
  dir: z.string(),
  licence: z.string(),
  base: z.string(),
  files: z.record(z.string(), fileSchema),
  training: trainingSchema,
  metrics: metricsSchema,
  points: z.array(pointSchema),
});
const manifestSchema = z.object({ schemaVersion: z.literal(1), models: z.array(modelSchema) });

export type Metrics = z.infer<typeof metricsSchema>;

export interface ZooFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface PointEntry {
  readonly name: string;
  readonly method: MethodName;
  readonly file: ZooFile;
  readonly metrics: Metrics;
  readonly training: { readonly command: string; readonly seed: number };
}

export interface ModelEntry {
  readonly name: string;
  readonly task: string;
  readonly licence: string;
  /** Where the pretrained encoder came from. */
  readonly base: string;
  /** Absolute folder of config.json, tokenizer.json and weights.safetensors. */
  readonly dir: string;
  readonly config: EncoderConfig;
  readonly maxPositions: number;
  readonly weights: ZooFile;
  /** All files but the points'. */
  readonly files: readonly ZooFile[];
  readonly points: readonly PointEntry[];
  readonly metrics: Metrics;
  readonly training: { readonly command: string; readonly seed: number };
}

export interface Zoo {
  readonly models: readonly ModelEntry[];
  /** @throws BenchError naming the known ones. */
  model(name: string): ModelEntry;
}

/** @param directory holds manifest.json; the repository's models/ if left out. */
export function loadZoo(directory = join(repoRoot(), 'models')): Zoo {
  const manifest = readJson(join(directory, 'manifest.json'), manifestSchema, 'the zoo manifest');
  const models = manifest.models.map((entry) => modelEntry(directory, entry));
  return {
    models,
    model: (name) => {
      const found = models.find((entry) => entry.name === name);
      if (found !== undefined) return found;
      throw new BenchError(`unknown model "${name}"`, `known: ${models.map((m) => m.name).join(', ')}`);
    },
  };
}

function modelEntry(directory: string, entry: z.infer<typeof modelSchema>): ModelEntry {
  const dir = inside(directory, entry.dir);
  const configPath = join(dir, 'config.json');
  const config = parseEncoderConfig(readJson(configPath, z.unknown(), 'the model configuration'), configPath);
  const files = Object.entries(entry.files).map(([name, file]) => ({
    path: inside(dir, name),
    sha256: file.sha256,
    bytes: file.bytes,
  }));
  const weights = files.find((file) => file.path === join(dir, 'weights.safetensors'));
  if (weights === undefined) {
    throw new BenchError(`${directory}/manifest.json: model "${entry.name}" lists no weights.safetensors`);
  }
  return {
    name: entry.name,
    task: entry.task,
    licence: entry.licence,
    base: entry.base,
    dir,
    config,
    maxPositions: config.maxPositions,
    weights,
    files,
    points: entry.points.map(({ name, method, file, sha256, bytes, metrics, training }) => ({
      name,
      method,
      file: { path: inside(dir, file), sha256, bytes },
      metrics,
      training,
    })),
    metrics: entry.metrics,
    training: entry.training,
  };
}

/** A manifest may not name files outside its folder. */
function inside(directory: string, name: string): string {
  const path = join(directory, name);
  if (path.startsWith(`${directory}/`) || path.startsWith(`${directory}\\`)) return path;
  throw new BenchError(`the zoo manifest names "${name}", which is outside ${directory}`, 'mend the manifest');
}

/** @throws BenchError naming the points that the method has. */
export function pointOf(entry: ModelEntry, variant: Variant): PointEntry | null {
  if (variant.point === null) return null;
  const own = entry.points.filter((point) => point.method === variant.method);
  const found = own.find((point) => point.name === variant.point);
  if (found !== undefined) return found;
  throw new BenchError(
    `model "${entry.name}" has no point "${variant.point}" of ${variant.method}`,
    own.length === 0 ? 'it has none' : `known: ${own.map((point) => point.name).join(', ')}`,
  );
}

/** Both dense graphs and every point. */
export function allVariants(entry: ModelEntry): Variant[] {
  return [
    { method: 'dense-padded', point: null },
    { method: 'dense', point: null },
    ...entry.points.map(({ method, name }) => ({ method, point: name })),
  ];
}
