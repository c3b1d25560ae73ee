// The zoo: the models and points that ship, parsed from models/manifest.json, geometries with random weights, from
// models/geometry.json, and those of this machine, from the manifest in the local folder (localZoo.ts). Files are
// checked against the manifest's sha256 when they are first read, so a truncated download is named before it can be
// measured.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { localModelsFolder } from '../core/places.ts';
import { repoRoot } from '../core/root.ts';
import { hintFor } from '../core/suggestion.ts';
import { parseEncoderConfig } from '../graphs/config.ts';
import type { ModelEntry, PointEntry } from './entry.ts';
import { geometryEntries } from './geometry/entries.ts';
import { localManifestPath } from './localZoo.ts';
import { readManifest, type Manifest, type modelSchema, type pointSchema } from './manifest.ts';

export interface Zoo {
  readonly models: readonly ModelEntry[];
  /** @throws BenchError naming the known ones. */
  model(name: string): ModelEntry;
}

/**
 * @param directory holds manifest.json; the repository's models/ if left out.
 * @param local folder of this machine's own models and points; it need not exist.
 */
export function loadZoo(
  directory = join(repoRoot(), 'models'),
  local: string | null = localModelsFolder(),
): Zoo {
  const shipped = readManifest(join(directory, 'manifest.json'));
  const own =
    local !== null && existsSync(localManifestPath(local)) ? readManifest(localManifestPath(local)) : EMPTY;
  const models = [
    ...shipped.models.map((entry) => modelEntry(directory, entry)),
    ...geometryEntries(directory),
    ...own.models.map((entry) => localEntry(local ?? '', entry)),
  ].map((entry) => ({ ...entry, points: [...entry.points, ...pointsFor(entry, own, local ?? '')] }));
  return {
    models,
    model: (name) => {
      const found = models.find((entry) => entry.name === name);
      if (found !== undefined) return found;
      const known = models.map((model) => model.name);
      throw new BenchError(
        `unknown model "${name}"`,
        hintFor(name, known, '`npm run models -- list` shows them'),
      );
    },
  };
}

/** A broken model of this machine's own stands in the way of every command, so the error says how to be rid of it. */
function localEntry(folder: string, entry: z.infer<typeof modelSchema>): ModelEntry {
  try {
    return modelEntry(folder, entry);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    const remedy = `import it anew, or \`npm run models -- remove ${entry.name}\``;
    throw new BenchError(thrown.message, remedy, { cause: thrown });
  }
}

const EMPTY: Manifest = { schemaVersion: 1, models: [], points: [] };

function pointsFor({ name }: ModelEntry, { points }: Manifest, folder: string): PointEntry[] {
  return points.filter((point) => point.model === name).map((point) => pointEntry(folder, point));
}

function pointEntry(folder: string, point: z.infer<typeof pointSchema>): PointEntry {
  const { name, method, file, sha256, bytes, metrics, training } = point;
  return { name, method, file: { path: inside(folder, file), sha256, bytes }, metrics, training };
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
    origin: entry.origin,
    answers: entry.answers,
    task: entry.task,
    licence: entry.licence,
    base: entry.base,
    dir,
    tokenizerDir: dir,
    config,
    maxPositions: config.maxPositions,
    weights,
    files,
    points: entry.points.map((point) => pointEntry(dir, point)),
    metrics: entry.metrics,
    training: entry.training,
  };
}

/** A manifest may not name files outside its folder. */
function inside(directory: string, name: string): string {
  const path = join(directory, name);
  if (path.startsWith(`${directory}/`) || path.startsWith(`${directory}\\`)) return path;
  throw new BenchError(
    `the zoo manifest names "${name}", which is outside ${directory}`,
    'mend the manifest',
  );
}
