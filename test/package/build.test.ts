// The build on a scratch tree: what is compiled is what there are sources of.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repoRoot } from '../../src/core/root.ts';

function write(root: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
}

async function removeStale(root: string): Promise<void> {
  const { href } = pathToFileURL(join(repoRoot(), 'build', 'staleOutputs.mjs'));
  const module = (await import(href)) as { removeStale(root: string, folders: readonly string[]): void };
  module.removeStale(root, ['src', 'test']);
}

test('compiled files whose source was moved or deleted are removed, and nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'build-'));
  const kept = [
    'dist/src/a.js',
    'dist/src/a.js.map',
    'dist/test/b/c.test.js',
    'dist/types/x.d.ts',
    'dist/commit.json',
  ];
  const gone = ['dist/src/old.js', 'dist/src/old.js.map', 'dist/test/b/old.test.js', 'dist/src/room/d.js'];
  write(root, 'src/a.ts', 'test/b/c.test.ts', ...kept, ...gone, 'dist/src/notes.txt');
  await removeStale(root);
  for (const path of [...kept, 'dist/src/notes.txt']) assert.ok(existsSync(join(root, path)), path);
  for (const path of [...gone, 'dist/src/room']) assert.ok(!existsSync(join(root, path)), path);
});

test('a tree that was never compiled is no error', async () => {
  await removeStale(mkdtempSync(join(tmpdir(), 'build-')));
});

test('charts are drawn by the copy that a package brings', () => {
  const charts = createRequire(join(repoRoot(), 'dist/src/report/render/png/png.js'));
  const own = join(repoRoot(), 'dist', 'node_modules', 'chartjs-node-canvas');
  assert.ok(charts.resolve('chartjs-node-canvas').startsWith(own));
  for (const file of ['LICENSE', 'package.json']) assert.ok(existsSync(join(own, file)), file);
});
