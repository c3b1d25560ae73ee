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

/** As in our package.json. */
export function programVersion(): string {
  const { version } = readManifest(join(repoRoot(), 'package.json'));
  if (typeof version === 'string') return version;
  throw new Error(`${repoRoot()}/package.json says no version`);
}

/** The release that our package.json asks for of an optional dependency. */
export function wantedVersion(dependency: string): string {
  const { optionalDependencies = {} } = readManifest(join(repoRoot(), 'package.json'));
  const wanted = (optionalDependencies as Readonly<Record<string, unknown>>)[dependency];
  if (typeof wanted === 'string') return wanted;
  throw new Error(`${repoRoot()}/package.json has no optional dependency ${dependency}`);
}

/** The oldest Node that our package.json allows, e.g. "20.6". */
export function neededNode(): string {
  const { engines = {} } = readManifest(join(repoRoot(), 'package.json'));
  const { node } = engines as Readonly<Record<string, unknown>>;
  if (typeof node === 'string') return node.replace(/^\D*/, '');
  throw new Error(`${repoRoot()}/package.json does not say which Node it needs`);
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
  return existsSync(manifest) && readManifest(manifest)['name'] === PACKAGE_NAME;
}

function readManifest(path: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
