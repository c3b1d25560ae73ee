// Which commit the program is, for the run's record.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { isInstalled, repoRoot } from '../core/root.ts';

/** The commit, with `-dirty` if the tree differed from it; null if nothing tells. */
export async function programCommit(): Promise<string | null> {
  return isInstalled() ? packedCommit() : gitCommit(repoRoot());
}

/** The commit of the checkout in `folder`, with `-dirty` if the tree differs from it; null without git. */
export async function gitCommit(folder: string): Promise<string | null> {
  try {
    const git = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('git', ['-C', folder, ...args])).stdout.trim();
    const [commit, changes] = [await git('rev-parse', 'HEAD'), await git('status', '--porcelain', '-uno')];
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return null; // an unpacked archive, or no git on this machine
  }
}

const packedSchema = z.object({ gitCommit: z.string().nullable() });

/** Written when the package was made. Git would tell of the project that the package is installed in. */
function packedCommit(): string | null {
  const path = join(repoRoot(), 'dist', 'commit.json');
  return existsSync(path) ? readJson(path, packedSchema, 'the commit of the package').gitCommit : null;
}
