import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromCaller } from '../../src/core/callerPath.ts';
import { cacheFolder, localModelsFolder, type Surroundings } from '../../src/core/places.ts';
import { isInstalled } from '../../src/core/root.ts';

const CHECKOUT: Surroundings = { root: '/src/bench', home: '/home/me', environment: {} };
const INSTALLED: Surroundings = { ...CHECKOUT, root: '/project/node_modules/token-pruning-bench' };

test('a package is installed wherever node_modules holds it', () => {
  assert.equal(isInstalled('/src/bench'), false);
  assert.equal(isInstalled('/project/node_modules/token-pruning-bench'), true);
  assert.equal(isInstalled('/home/me/.npm/_npx/1f/node_modules/token-pruning-bench'), true);
  assert.equal(isInstalled('/p/node_modules/.pnpm/t@1/node_modules/token-pruning-bench'), true);
  assert.equal(isInstalled('/src/old_node_modules/bench'), false);
});

test('a checkout keeps caches and models inside itself, whatever the user’s folders are', () => {
  const environment = { XDG_CACHE_HOME: '/cache', XDG_DATA_HOME: '/data' };
  assert.equal(cacheFolder({ ...CHECKOUT, environment }), '/src/bench/.cache');
  assert.equal(localModelsFolder({ ...CHECKOUT, environment }), '/src/bench/models/local');
});

test('an installed package uses the user’s cache and data folders', () => {
  assert.equal(cacheFolder(INSTALLED), '/home/me/.cache/token-pruning-bench');
  assert.equal(localModelsFolder(INSTALLED), '/home/me/.local/share/token-pruning-bench/models');
  const environment = { XDG_CACHE_HOME: '/cache', XDG_DATA_HOME: '/data' };
  assert.equal(cacheFolder({ ...INSTALLED, environment }), '/cache/token-pruning-bench');
  assert.equal(localModelsFolder({ ...INSTALLED, environment }), '/data/token-pruning-bench/models');
  const relative = { XDG_CACHE_HOME: 'cache', XDG_DATA_HOME: '' };
  assert.equal(cacheFolder({ ...INSTALLED, environment: relative }), '/home/me/.cache/token-pruning-bench');
  assert.equal(
    localModelsFolder({ ...INSTALLED, environment: relative }),
    '/home/me/.local/share/token-pruning-bench/models',
  );
});

test('our own variables win in both; a relative one is meant from where the caller stands', () => {
  const environment = {
    TOKEN_PRUNING_CACHE: '/mine',
    TOKEN_PRUNING_MODELS: 'models',
    XDG_CACHE_HOME: '/cache',
  };
  for (const place of [CHECKOUT, INSTALLED]) {
    assert.equal(cacheFolder({ ...place, environment }), '/mine');
    assert.equal(localModelsFolder({ ...place, environment }), fromCaller('models'));
    assert.notEqual(cacheFolder({ ...place, environment: { TOKEN_PRUNING_CACHE: '' } }), '');
  }
});
