// The checkpoints and answers that train/hf_goldens.py recorded, and a way to import them into a folder of their own.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../src/core/atomicFile.ts';
import { repoRoot } from '../../src/core/root.ts';
import { importModel, type ImportedModel, type ImportOptions } from '../../src/import/importModel.ts';
import { LOCAL_MODELS_VARIABLE } from '../../src/core/places.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import type { ModelEntry } from '../../src/zoo/entry.ts';

export const GOLDEN = join(repoRoot(), 'test', 'golden', 'hf');

const recordSchema = z.object({
  examples: z.array(
    z.object({
      text: z.string(),
      pair: z.string().optional(),
      ids: z.array(z.number()),
      typeOneFrom: z.number(),
      logits: z.array(z.number()),
    }),
  ),
});
export type Example = z.infer<typeof recordSchema>['examples'][number];

export function examplesOf(model: string): Example[] {
  return readJson(join(GOLDEN, `${model}.json`), recordSchema, 'golden').examples;
}

/** A fresh folder for local models and graphs, for this process and those it starts. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-'));
  process.env[LOCAL_MODELS_VARIABLE] = folder;
  process.env['TOKEN_PRUNING_CACHE'] = join(folder, 'cache');
  return folder;
}

export async function imported(
  directory: string,
  local: string,
  more: Partial<ImportOptions> = {},
): Promise<ImportedModel> {
  const defaults = { name: null, task: null, licence: null, force: false, withoutHead: false };
  return importModel({ directory, ...defaults, local, ...more });
}

export function entryOf(name: string, local: string): ModelEntry {
  return loadZoo(undefined, local).model(name);
}
