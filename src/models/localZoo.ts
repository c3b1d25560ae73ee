// The models and points of this machine: imported models, calibrated points. They live in models/local (ignored by
// git) under a manifest of the same form as the zoo's, and files are written before the manifest names them.
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import { makeFolder, writeJsonAtomic } from '../core/atomicFile.ts';
import { repoRoot } from '../core/root.ts';
import { readManifest, type Manifest, type modelSchema, type pointSchema } from './manifest.ts';

export const LOCAL_MODELS_VARIABLE = 'TOKEN_PRUNING_MODELS';

export type LocalModel = z.input<typeof modelSchema>;
export type LocalPoint = z.input<typeof pointSchema> & { readonly model: string };

/** models/local, or the folder that TOKEN_PRUNING_MODELS names. */
export function localModelsFolder(): string {
  const named = process.env[LOCAL_MODELS_VARIABLE];
  if (named === undefined || named === '') return join(repoRoot(), 'models', 'local');
  return isAbsolute(named) ? named : resolve(named);
}

export function localManifestPath(folder: string): string {
  return join(folder, 'manifest.json');
}

/** Puts the model into the manifest, in the place of one of the same name. Its files must be there. */
export function registerModel(model: LocalModel, folder = localModelsFolder()): void {
  const { models, points } = readLocal(folder);
  const others = models.filter(({ name }) => name !== model.name);
  write(folder, { schemaVersion: 1, models: [...others, model], points });
}

/** Puts the point into the manifest, in the place of one of the same model, method and name. */
export function registerPoint(point: LocalPoint, folder = localModelsFolder()): void {
  const { models, points } = readLocal(folder);
  const same = (one: LocalPoint): boolean =>
    one.model === point.model && one.method === point.method && one.name === point.name;
  write(folder, { schemaVersion: 1, models, points: [...points.filter((one) => !same(one)), point] });
}

function readLocal(folder: string): Manifest {
  const path = localManifestPath(folder);
  return existsSync(path) ? readManifest(path) : { schemaVersion: 1, models: [], points: [] };
}

function write(folder: string, manifest: object): void {
  makeFolder(folder);
  writeJsonAtomic(localManifestPath(folder), manifest);
}
