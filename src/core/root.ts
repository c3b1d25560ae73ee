// Where the repository is. The program runs both from src (type-stripped) and from dist (compiled), at different
// depths, so the root is found by walking up to the package.json that carries our name instead of by counting "..".
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_NAME = 'token-pruning-bench';

let found: string | undefined;

/** Absolute path of the folder that holds our package.json. */
export function repoRoot(): string {
  found ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return found;
}

export const CACHE_VARIABLE = 'TOKEN_PRUNING_CACHE';

/** Absolute folder of what can be made anew: .cache, or the one that TOKEN_PRUNING_CACHE names. */
export function cacheFolder(): string {
  const named = process.env[CACHE_VARIABLE];
  if (named === undefined || named === '') return join(repoRoot(), '.cache');
  return isAbsolute(named) ? named : resolve(named);
}

function findRoot(start: string): string {
  for (let folder = start; ;) {
    if (isOurs(join(folder, 'package.json'))) return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json named ${PACKAGE_NAME} above ${start}`);
    folder = parent;
  }
}

function isOurs(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed && parsed.name === PACKAGE_NAME;
}
