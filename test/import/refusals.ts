// The assertion on an import that is refused: one line with the remedy, exit code 2, and nothing left behind.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { BenchError } from '../../src/core/errors.ts';
import { imported } from './golden.ts';

/** @param local the folder of local models, which holds none. */
export function refusals(local: string) {
  return async (
    folder: string,
    pattern: RegExp,
    more: Parameters<typeof imported>[2] = {},
  ): Promise<void> => {
    await assert.rejects(imported(folder, local, more), (error: unknown) => {
      assert.ok(error instanceof BenchError, String(error instanceof Error ? error.stack : error));
      assert.equal(error.exitCode, 2);
      assert.match(error.line, pattern);
      assert.doesNotMatch(error.line, /\n/);
      assert.ok(error.hint, 'names a remedy');
      return true;
    });
    assert.deepEqual(
      readdirSync(local).filter((name) => name !== 'cache'),
      [],
      'nothing is left behind',
    );
  };
}
