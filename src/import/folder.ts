// A directory that somebody else filled, opened with suspicion: only plain files of a sensible size are read, and none
// that lies elsewhere. A link may leave the directory only into the blob store of the hub's own cache, whose snapshots
// are made of such links.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { BenchError, messageOf } from '../core/errors.ts';
import { foreignFileAt } from '../core/foreignFile.ts';
import { parseBoundedJson } from '../core/jsonText.ts';

export interface Folder {
  /** Absolute, links resolved. */
  readonly path: string;
  /** Absolute path of the file of that name, null if there is none. @throws BenchError if it is none of ours to read. */
  file(name: string): string | null;
  /** The text of a file of at most `mostBytes`, null if there is none. */
  text(name: string, mostBytes: number): string | null;
}

/** @param what names the folder's role in messages. */
export function openFolder(directory: string): Folder {
  const path = resolved(directory);
  const file = (name: string): string | null => plainFile(path, name);
  return { path, file, text: (name, mostBytes) => readText(file(name), mostBytes) };
}

function resolved(directory: string): string {
  const remedy = 'give the folder that holds config.json and model.safetensors';
  try {
    const path = realpathSync(directory);
    if (statSync(path).isDirectory()) return path;
  } catch (thrown) {
    throw new BenchError(`cannot open ${directory}: ${messageOf(thrown)}`, remedy, { cause: thrown });
  }
  throw new BenchError(`${directory} is not a folder`, remedy);
}

function plainFile(folder: string, name: string): string | null {
  if (name === '' || name === '..' || name === '.' || /[/\\\0]/.test(name)) {
    throw new BenchError(
      `${folder}: "${name}" is not the name of a file in it`,
      'use files of that folder only',
    );
  }
  const path = join(folder, name);
  if (!existsSync(path)) return null;
  const real = realpathSync(path);
  if (!roots(folder).some((root) => real.startsWith(root + sep))) {
    throw new BenchError(`${path} is a link to ${real}, outside the folder`, 'copy the file into the folder');
  }
  if (!statSync(real).isFile())
    throw new BenchError(`${path} is not a plain file`, 'copy the file into the folder');
  return path;
}

/** `models--org--name/snapshots/<revision>` holds links into `models--org--name/blobs`. */
function roots(folder: string): string[] {
  const snapshots = dirname(folder);
  return basename(snapshots) === 'snapshots' ? [folder, join(dirname(snapshots), 'blobs')] : [folder];
}

function readText(path: string | null, mostBytes: number): string | null {
  if (path === null) return null;
  const { size } = statSync(path);
  if (size > mostBytes) {
    throw new BenchError(`${path} has ${size} bytes; at most ${mostBytes} are read`, 'is it the right file?');
  }
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, 'check its permissions', {
      cause: thrown,
    });
  }
}

export function parseJson(text: string, path: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (thrown) {
    const foreign = foreignFileAt(path);
    if (foreign !== null) throw foreign;
    throw new BenchError(`${path} is not valid JSON: ${messageOf(thrown)}`, 'fetch the file anew', {
      cause: thrown,
    });
  }
}
