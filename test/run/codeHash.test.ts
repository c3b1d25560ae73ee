import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codeHash, filesFrom, hashFrom } from '../../src/run/codeHash.ts';
import { measuringEnvironment } from '../../src/run/measuringEnvironment.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** The compiled program, copied, with one line more in a file of it. */
function changed(file: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'code-')), 'src');
  cpSync(SRC, copy, { recursive: true, filter: (path) => !path.endsWith('.map') });
  appendFileSync(join(copy, file), '\n// changed\n');
  return hashFrom(join(copy, 'worker', 'worker.js'));
}

test('the hash covers what a worker loads, however it is imported', () => {
  const files = [...filesFrom(join(SRC, 'worker', 'worker.js')).keys()].map((path) => relative(SRC, path));
  for (const file of [
    ...[
      'worker.js',
      'timeBlock.js',
      'profileBlock.js',
      'accuracyBlock.js',
      'costBlock.js',
      'loadBlock.js',
    ].map((name) => `worker/${name}`),
    ...['worker/latency.js', 'worker/bennyDriver.js', 'worker/load/alarmThread.js', 'machine/busyThread.js'],
    ...['runtime/session.js', 'runtime/settings.js', 'core/schema/block.js', 'text/batch.js'],
  ]) {
    assert.ok(files.includes(file), file);
  }
  for (const file of files) assert.match(file, /^(core|machine|runtime|stats|text|weights|worker)\//);
});

test('a change of a measuring file changes it, a change of a report does not', () => {
  const plain = changed('report/index.js');
  assert.equal(changed('cli/bench.js'), plain);
  assert.equal(changed('store/runFolder.js'), plain);
  assert.equal(changed('rows/flops.js'), plain);
  assert.equal(changed('graphs/encoder.js'), plain, 'a graph has a hash of its own');
  assert.notEqual(changed('worker/latency.js'), plain);
  assert.notEqual(changed('runtime/settings.js'), plain);
  assert.notEqual(changed('worker/loadBlock.js'), plain);
  assert.equal(codeHash(), codeHash());
  assert.match(codeHash(), /^[0-9a-f]{64}$/);
});

test('the version of a package that is loaded counts, that of another does not', () => {
  const root = mkdtempSync(join(tmpdir(), 'code-'));
  const entry = join(root, 'dist', 'worker.js');
  const install = (name: string, version: string): void => {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
  };
  mkdirSync(join(root, 'dist'));
  writeFileSync(
    entry,
    "import { add } from 'benny';\nimport { z } from 'node:fs';\nconst { a } = await import('./other.js');",
  );
  writeFileSync(join(root, 'dist', 'other.js'), "export * from '@scope/part/deep';");
  install('benny', '1.0.0');
  install('@scope/part', '1.0.0');
  install('unused', '1.0.0');
  const first = hashFrom(entry);
  install('unused', '2.0.0');
  assert.equal(hashFrom(entry), first);
  install('@scope/part', '1.0.1');
  const second = hashFrom(entry);
  assert.notEqual(second, first);
  install('benny', '1.0.1');
  assert.notEqual(hashFrom(entry), second);
});

test('of the environment counts what changes a measurement', () => {
  const own = { CUDA_MODULE_LOADING: 'EAGER' };
  const plain = measuringEnvironment(own, { PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' });
  assert.equal(plain['PATH'], undefined);
  assert.equal(plain['CUDA_VISIBLE_DEVICES'], undefined);
  assert.equal(plain['CUDA_MODULE_LOADING'], 'EAGER');
  const set = measuringEnvironment(own, { GLIBC_TUNABLES: 'x', OMP_NUM_THREADS: '2', MALLOC_ARENA_MAX: '1' });
  assert.equal(set['GLIBC_TUNABLES'], 'x');
  assert.equal(set['OMP_NUM_THREADS'], '2');
  assert.equal(set['MALLOC_ARENA_MAX'], '1');
});
