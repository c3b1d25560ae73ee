// A hash of the code that measures: of every file that a worker process loads, found by following the imports from
// its entry, so that a new file cannot be forgotten, and of the versions of the packages that they import. What plans,
// stores, compares and reports is not in it. A file is in the hash as it runs: compiled.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { sha256Hex, stableJson } from '../core/hash.ts';

const manifestSchema = z.object({ version: z.string() });
const WORKER = fileURLToPath(new URL('../worker/worker.js', import.meta.url));

/** Relative imports, dynamic ones included: `from './x.js'`, `import './x.js'`, `import('./x.js')`, `new URL('./x.js'`. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)['"](\.{1,2}\/[^'"]+\.js)['"]/g;

/** `from 'zod'` -> zod, `from '@scope/name/part'` -> @scope/name. Node's own modules have a prefix. */
const PACKAGE = /\b(?:from|import)\s*\(?\s*['"]((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^'":]*)?['"]/g;

let known: string | undefined;

/** Hash of the worker of this very program, read once. */
export function codeHash(): string {
  known ??= hashFrom(WORKER);
  return known;
}

/** Of `entry` and of all that it imports, by their paths relative to it. */
export function hashFrom(entry: string): string {
  const files = [...filesFrom(entry)];
  const contents = files.map(([path, text]): [string, string] => [
    relative(dirname(entry), path).split(sep).join('/'),
    sha256Hex(text),
  ]);
  const packages = new Set(
    files.flatMap(([, text]) => [...text.matchAll(PACKAGE)].map(([, name = '']) => name)),
  );
  const versions = [...packages].map((name): [string, string] => [name, versionOf(name, dirname(entry))]);
  return sha256Hex(
    stableJson({ files: Object.fromEntries(contents), packages: Object.fromEntries(versions) }),
  );
}

/** Path -> text, of `entry` and of all that it imports. */
export function filesFrom(entry: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const waiting = [resolve(entry)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = readFileSync(path, 'utf8');
    files.set(path, text);
    for (const [, imported = ''] of text.matchAll(IMPORT)) waiting.push(resolve(dirname(path), imported));
  }
  return files;
}

/** From the package file itself: what is installed counts, not what was asked for. */
function versionOf(name: string, folder: string): string {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(manifest)) return manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
  return dirname(folder) === folder ? 'not installed' : versionOf(name, dirname(folder));
}
