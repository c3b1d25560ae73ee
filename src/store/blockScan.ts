// Reads the blocks of a run back. What lies there may have been cut off by a full disk, edited or copied by a person,
// or be of another version: such a file is told apart, with the reason, and never counted.
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import { blockSchema, type Block } from '../core/schema/block.ts';
import { blockFile } from './blockNames.ts';

export interface StoredBlock {
  readonly path: string;
  readonly block: Block;
  /** The file's contents. */
  readonly text: string;
}

export interface DamagedFile {
  readonly path: string;
  readonly reason: string;
}

/** @param root the folder that has one folder a group. */
export function scanBlocks(root: string): { stored: StoredBlock[]; damaged: DamagedFile[] } {
  const stored: StoredBlock[] = [];
  const damaged: DamagedFile[] = [];
  for (const { folder, file } of existsSync(root) ? jsonFilesUnder(root) : []) {
    const path = join(root, folder, file);
    try {
      const block = readJson(path, blockSchema, 'block');
      if (file === blockFile(block) && folder === groupKey(block.group)) {
        stored.push({ path, block, text: readFileSync(path, 'utf8') });
      } else {
        const own = `${groupKey(block.group)}/${blockFile(block)}`;
        damaged.push({ path, reason: `block ${path} is a copy of ${own}` });
      }
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      damaged.push({ path, reason: thrown.message });
    }
  }
  return { stored, damaged };
}

export function complaintOf({ reason }: DamagedFile): string {
  return reason.replaceAll(/\s*\n\s*/g, ' ');
}

/** Renames a file so that it is seen no more; numbered, so that nothing is overwritten. @returns its new path. */
export function setAside(path: string, why: 'corrupt' | 'stale'): string {
  let count = 1;
  while (existsSync(`${path}.${why}-${count}`)) count++;
  const aside = `${path}.${why}-${count}`;
  renameSync(path, aside);
  return aside;
}

function jsonFilesUnder(root: string): { folder: string; file: string }[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith('.json') && !file.startsWith('.'))
        .sort()
        .map((file) => ({ folder, file })),
    );
}
