// Files that are either absent or whole. Blocks, records and caches are written here only: into a temporary file
// of the same folder, synced, then renamed, so that a killed process leaves no half file under the final name; the
// folder is synced after that, so that a power cut does not take the name away again.
// Reading JSON back goes through a schema, because whoever edited the file since is not to be trusted.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { BenchError, messageOf } from './errors.ts';
import { foreignFileAt } from './foreignFile.ts';
import { parseBoundedJson } from './jsonText.ts';

/** Writes `data` to `path` by rename; makes the folder if needed. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    makeFolder(folder);
    writeSynced(temporary, data);
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (thrown) {
    removeQuietly(temporary);
    throw new BenchError(`cannot write ${path}: ${messageOf(thrown)}`, remedyOf(thrown), { cause: thrown });
  }
}

/** What a user can do about an error of writing. */
export function remedyOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'make room there, or choose another folder';
    default:
      return 'choose a folder that can be written';
  }
}

/** Whether a file of that name is what a killed process left of `writeFileAtomic`. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);
}

/** Like mkdir -p. Node's own recursive mkdirSync never comes back from a path under /proc (seen in 20.20). */
export function makeFolder(path: string): void {
  const absolute = resolve(path);
  if (existsSync(absolute)) return;
  makeFolder(dirname(absolute));
  try {
    mkdirSync(absolute);
  } catch (thrown) {
    if (!existsSync(absolute)) throw thrown; // else another process was faster
  }
}

function writeSynced(path: string, data: string | Uint8Array): void {
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The rename itself on disk. Not every file system can sync a folder; the file is whole without it, too. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    return; // Windows and some network file systems
  }
}

/** A disk that cannot be written may not let us delete either; the first error is the one to tell. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

/** Indented JSON with a final newline, so that a person can read and diff it. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** @param what the file's role in a message, e.g. "suite". */
export function readJson<T>(path: string, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(parseJson(path, what));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where =
    first === undefined || first.path.length === 0 ? 'the top level' : first.path.map(String).join('.');
  throw new BenchError(
    `${what} ${path}: ${where}: ${first?.message ?? 'does not match its schema'}`,
    'mend or delete that file',
  );
}

function parseJson(path: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new BenchError(`cannot read ${what} ${path}: ${messageOf(thrown)}`, 'check the path', {
      cause: thrown,
    });
  }
  try {
    return parseBoundedJson(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    const foreign = text === '' ? null : foreignFileAt(path, `${what} ${path}`);
    if (foreign !== null) throw foreign;
    throw new BenchError(
      `${what} ${path} is not valid JSON: ${messageOf(thrown)}`,
      'mend or delete that file',
      {
        cause: thrown,
      },
    );
  }
}
