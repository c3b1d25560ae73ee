// Where a model came from, as far as its directory tells: a name to give it, its licence, and a line for people.
import { basename, dirname } from 'node:path';
import { BenchError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import type { Folder } from './folder.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MOST_CARD_BYTES = 4_000_000;

/** @param given the value of --name, null to make one from the folder. @throws BenchError if it is not usable. */
export function nameOf(given: string | null, folder: string): string {
  const name = given ?? suggested(folder);
  // Some words mean more than one model on the command line, others are taken in the folder of local models.
  if (NAME.test(name) && !['all', 'shipped', 'main', 'points', 'manifest.json'].includes(name)) return name;
  throw new BenchError(
    `"${name}" is no name for a model`,
    '--name takes up to 64 letters, digits, dots, dashes and underscores',
  );
}

/** The folder's own name; that of the repository for a snapshot in the hub's cache, and of the package for `model`. */
function suggested(folder: string): string {
  const parent = dirname(folder);
  if (basename(parent) === 'snapshots') return basename(dirname(parent)).replace(/^models--(?:.*--)?/, '');
  const own = basename(folder);
  const name = own === 'model' ? basename(parent) : own;
  return name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
}

/** From the head of the model card, in which the hub keeps it. */
export function licenceOf(files: Folder): string {
  const card = files.text('README.md', MOST_CARD_BYTES) ?? '';
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? '';
  const licence = /^license:[ \t]*["']?([A-Za-z0-9._+ -]{1,60}?)["']?[ \t]*$/m.exec(head)?.[1];
  return licence ?? 'licence not stated';
}

/** Without the path: records of runs carry this line, and they are shared. */
export function originOf({ folder, config }: Checkpoint, architecture: string): string {
  const path = config['_name_or_path'];
  const named =
    typeof path === 'string' && path !== '' && !/^[/.~\\]|^[A-Za-z]:/.test(path) ? `, from ${path}` : '';
  return `${architecture} checkpoint "${suggested(folder)}"${named}, imported`;
}
