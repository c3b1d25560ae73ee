import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readJson, writeFileAtomic, writeJsonAtomic } from '../../src/core/atomicFile.ts';
import { BenchError } from '../../src/core/errors.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'atomic-'));

test('a file is written whole, folders are made, and no temporary file stays', () => {
  const root = folder();
  writeFileAtomic(join(root, 'a/b/file.txt'), 'first');
  writeFileAtomic(join(root, 'a/b/file.txt'), new Uint8Array([104, 105]));
  assert.equal(readFileSync(join(root, 'a/b/file.txt'), 'utf8'), 'hi');
  assert.deepEqual(readdirSync(join(root, 'a/b')), ['file.txt']);
});

test('a folder that cannot be made is a one-line error and leaves the old file alone', () => {
  const root = folder();
  writeFileSync(join(root, 'plain'), 'x');
  assert.throws(
    () => writeFileAtomic(join(root, 'plain/below.json'), '{}'),
    (error: unknown) => error instanceof BenchError && error.exitCode === 2 && !error.line.includes('\n'),
  );
  assert.equal(readFileSync(join(root, 'plain'), 'utf8'), 'x');
});

test(
  'a folder without write permission is a one-line error',
  { skip: process.getuid?.() === 0 && 'root may write anywhere' },
  () => {
    const root = folder();
    chmodSync(root, 0o500);
    assert.throws(() => writeFileAtomic(join(root, 'x'), ''), /cannot write .*permission/);
  },
);

test('a rename that fails removes the temporary file', () => {
  const root = folder();
  writeFileAtomic(join(root, 'taken/inside'), '');
  assert.throws(() => writeFileAtomic(join(root, 'taken'), ''), BenchError);
  assert.deepEqual(readdirSync(root), ['taken']);
});

test('JSON goes there and back through its schema', () => {
  const path = join(folder(), 'value.json');
  writeJsonAtomic(path, { n: [1, 2] });
  assert.deepEqual(readJson(path, z.object({ n: z.array(z.number()) }), 'value'), { n: [1, 2] });
});

test('JSON that is missing, malformed or of another shape names the file and the first problem', () => {
  const root = folder();
  const schema = z.object({ rows: z.array(z.object({ ms: z.number() })) });
  assert.throws(() => readJson(join(root, 'none.json'), schema, 'suite'), /cannot read suite .*none\.json/);
  writeFileSync(join(root, 'bad.json'), '{"rows": [');
  assert.throws(
    () => readJson(join(root, 'bad.json'), schema, 'suite'),
    /suite .*bad\.json is not valid JSON/,
  );
  writeFileSync(join(root, 'shape.json'), '{"rows": [{"ms": 1}, {"ms": "2"}]}');
  assert.throws(
    () => readJson(join(root, 'shape.json'), schema, 'suite'),
    /shape\.json: rows\.1\.ms: .*number/,
  );
});

test(
  'a folder that cannot be made is an error, not an endless loop',
  { skip: process.platform !== 'linux' },
  () => {
    assert.throws(() => writeFileAtomic('/proc/no-such-folder/deeper/file', 'x'), /cannot write \/proc/);
  },
);
