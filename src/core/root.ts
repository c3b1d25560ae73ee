// Where the program is. It runs from dist, compiled, and its data lie beside that folder, so the root is found by
// walking up to the package.json that carries our name instead of by counting "..".
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_NAME = 'token-pruning-bench';

let found: string | undefined;

/** Absolute path of the folder that holds our package.json. */
export function repoRoot(): string {
  found ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return found;
}

/** Whether a package manager put the program where it is. Nothing is ever written there. */
export function isInstalled(root = repoRoot()): boolean {
  return root.split(sep).includes('node_modules');
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
