// Which commit the program is, for the run's record.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The commit, with `-dirty` if the tree differs from it; null without git. */
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
