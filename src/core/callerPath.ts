// Where the caller stands. `npm run` moves into the package's folder before it starts anything and leaves the folder
// that it was called from in INIT_CWD; a relative path on the command line is meant from there.
import { resolve } from 'node:path';
import { repoRoot } from './root.ts';

/**
 * `path` as the caller meant it, absolute. INIT_CWD counts only while the program still stands where `npm run` has put
 * it: a program that a script starts in a folder of its own inherits the variable, and there it is out of date.
 */
export function fromCaller(path: string): string {
  const calledFrom = process.env['INIT_CWD'];
  const moved = calledFrom !== undefined && calledFrom !== '' && process.cwd() === repoRoot();
  return resolve(moved ? calledFrom : process.cwd(), path);
}
