import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cacheFolder, localModelsFolder } from '../../src/core/places.ts';
import { repoRoot } from '../../src/core/root.ts';
import { isolated } from './isolation.ts';

test("the user's folders are replaced by empty ones, and real data is kept for the tests that ask for it", () => {
  const given = {
    HOME: '/home/me',
    INIT_CWD: '/home/me/work',
    TOKEN_PRUNING_MODELS: '/home/me/models',
    TOKEN_PRUNING_CACHE: '/home/me/cache',
    TOKEN_PRUNING_RESULTS: '/home/me/results',
    TOKEN_PRUNING_DATA: '/home/me/data',
  };
  assert.deepEqual(isolated(given, '/r'), {
    HOME: '/home/me',
    TOKEN_PRUNING_MODELS: join('/r', 'models'),
    TOKEN_PRUNING_CACHE: join('/r', 'cache'),
    XDG_CACHE_HOME: join('/r', 'user-cache'),
    XDG_DATA_HOME: join('/r', 'user-data'),
    ...{ TMPDIR: '/r', TEMP: '/r', TMP: '/r' },
    TEST_DATA: '/home/me/data',
  });
  assert.equal(isolated({ ...given, TEST_DATA: '/other' }, '/r')['TEST_DATA'], '/other');
  assert.equal(isolated({}, '/r')['TEST_DATA'], undefined);
});

test('this process has no models of its own, and no cache of the repository', () => {
  assert.ok(!existsSync(localModelsFolder()) || readdirSync(localModelsFolder()).length === 0);
  assert.notEqual(localModelsFolder(), join(repoRoot(), 'models', 'local'));
  assert.notEqual(cacheFolder(), join(repoRoot(), '.cache'));
});
