// Where the repository is. The program runs both from src (type-stripped) and from dist (compiled), at different
// depths, so the root is found by walking up to the package.json that carries our name instead of by counting "..".
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_NAME = 'token-pruning-bench';

let found: string | undefined;

/** Absolute path of the folder that holds our package.json. */
export function repoRoot(): string {
  found ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return found;
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
