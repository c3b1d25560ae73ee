// The models and points of this machine: imported models, calibrated points. They live in a folder of their
// own (core/places.ts) under a manifest of the same form as the zoo's, and files are written before it names them.
import { existsSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { z } from 'zod';
import { makeFolder, writeJsonAtomic } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { localModelsFolder } from '../core/places.ts';
import { readManifest, type Manifest, type modelSchema, type pointSchema } from './manifest.ts';

export type LocalModel = z.input<typeof modelSchema>;
export type LocalPoint = z.input<typeof pointSchema> & { readonly model: string };

export function localManifestPath(folder: string): string {
  return join(folder, 'manifest.json');
}

/**
 * Puts the model into the manifest, in the place of one of the same name. Its files must be there.
 * @returns how many points of the model before were dropped, because they are of other weights.
 */
export function registerModel(model: LocalModel, folder = localModelsFolder()): number {
  const { models, points } = readLocalManifest(folder);
  const before = models.find(({ name }) => name === model.name);
  const same = before?.files[WEIGHTS]?.sha256 === model.files[WEIGHTS]?.sha256;
  const stale = before === undefined || same ? [] : points.filter((point) => point.model === model.name);
  write(folder, {
    schemaVersion: 1,
    models: [...models.filter((one) => one !== before), model],
    points: points.filter((point) => !stale.includes(point)),
  });
  for (const { file } of stale) rmSync(localFile(folder, file), { force: true });
  return stale.length;
}

const WEIGHTS = 'weights.safetensors';

/** Puts the point into the manifest, in the place of one of the same model, method and name. */
export function registerPoint(point: LocalPoint, folder = localModelsFolder()): void {
  const { models, points } = readLocalManifest(folder);
  const same = (one: LocalPoint): boolean =>
    one.model === point.model && one.method === point.method && one.name === point.name;
  write(folder, { schemaVersion: 1, models, points: [...points.filter((one) => !same(one)), point] });
}

/** Drops the model, its points and its files. @returns how many points; null if there is no such model here. */
export function removeModel(name: string, folder = localModelsFolder()): number | null {
  const { models, points } = readLocalManifest(folder);
  const model = models.find((one) => one.name === name);
  if (model === undefined) return null;
  const own = points.filter((point) => point.model === name);
  const left = points.filter((point) => point.model !== name);
  write(folder, { schemaVersion: 1, models: models.filter((one) => one !== model), points: left });
  rmSync(localFile(folder, model.dir), { recursive: true, force: true });
  for (const { file } of own) rmSync(localFile(folder, file), { force: true });
  return own.length + model.points.length;
}

/** Drops one point that this machine added. @returns whether it was there. */
export function removePoint(
  wanted: Pick<LocalPoint, 'model' | 'method' | 'name'>,
  folder = localModelsFolder(),
): boolean {
  const { models, points } = readLocalManifest(folder);
  const found = points.find(
    ({ model, method, name }) => model === wanted.model && method === wanted.method && name === wanted.name,
  );
  if (found === undefined) return false;
  write(folder, { schemaVersion: 1, models, points: points.filter((point) => point !== found) });
  rmSync(localFile(folder, found.file), { force: true });
  return true;
}

/** A manifest may not make us delete what lies elsewhere, nor the folder itself. */
function localFile(folder: string, name: string): string {
  const path = join(folder, name);
  if (path.startsWith(folder + sep) && path !== folder + sep) return path;
  throw new BenchError(
    `${localManifestPath(folder)} names "${name}", which is outside ${folder}`,
    'mend the manifest',
  );
}

/** Empty if there is none yet. */
export function readLocalManifest(folder = localModelsFolder()): Manifest {
  const path = localManifestPath(folder);
  return existsSync(path) ? readManifest(path) : { schemaVersion: 1, models: [], points: [] };
}

function write(folder: string, manifest: object): void {
  makeFolder(folder);
  writeJsonAtomic(localManifestPath(folder), manifest);
}
