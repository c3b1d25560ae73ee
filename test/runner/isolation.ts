// Test processes see nothing of the user's: no models of models/local, no caches, no data sets, no results. What they
// make lies in one folder, which goes when the tests have ended; graphs of the zoo are made there once for all of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REAL_DATA_VARIABLE } from '../fixtures/realData.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Changes this process's environment, which the test processes inherit. */
export function isolate(): void {
  const root = mkdtempSync(join(tmpdir(), 'token-pruning-tests-'));
  process.once('exit', () => {
    remove(root);
  });
  process.env = isolated(process.env, root);
}

/** @param root absolute path of an empty folder. */
export function isolated(given: Environment, root: string): Record<string, string> {
  const others = Object.entries(given).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]),
  );
  const data = given[REAL_DATA_VARIABLE] ?? given['TOKEN_PRUNING_DATA'];
  return {
    ...Object.fromEntries(others),
    TOKEN_PRUNING_MODELS: join(root, 'models'),
    TOKEN_PRUNING_CACHE: join(root, 'cache'),
    XDG_CACHE_HOME: join(root, 'user-cache'),
    XDG_DATA_HOME: join(root, 'user-data'),
    ...Object.fromEntries(['TMPDIR', 'TEMP', 'TMP'].map((name) => [name, root])),
    ...(data === undefined ? {} : { [REAL_DATA_VARIABLE]: data }),
  };
}

/** INIT_CWD is npm's: where the user called it. */
function isOurs(name: string): boolean {
  return name.startsWith('TOKEN_PRUNING_') || name === 'INIT_CWD';
}

function remove(root: string): void {
  try {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  } catch (thrown) {
    process.stderr.write(`${root} could not be removed: ${String(thrown)}\n`);
  }
}
