import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256File, sha256FileSync, sha256Hex, stableJson } from '../../src/core/hash.ts';
import { repoRoot } from '../../src/core/root.ts';

// FIPS 180-2, appendix B.1
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('text, bytes and files hash alike', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'hash-')), 'abc');
  writeFileSync(path, 'abc');
  assert.equal(sha256Hex('abc'), ABC);
  assert.equal(sha256Hex(new Uint8Array([97, 98, 99])), ABC);
  assert.equal(await sha256File(path), ABC);
  assert.equal(sha256FileSync(path), ABC);
  const long = Buffer.alloc(9_000_000, 'abc'); // more than is read at a time
  writeFileSync(path, long);
  assert.equal(sha256FileSync(path), sha256Hex(long));
  await assert.rejects(sha256File(`${path}.none`), /cannot read .*none/);
  assert.throws(() => sha256FileSync(`${path}.none`), /cannot read .*none/);
});

test('stable JSON sorts keys at every depth and keeps the order of lists', () => {
  assert.equal(
    stableJson({ b: [{ d: 1, c: 2 }, 3], a: null, gone: undefined }),
    '{"a":null,"b":[{"c":2,"d":1},3]}',
  );
  assert.equal(stableJson({ x: 1, y: 2 }), stableJson({ y: 2, x: 1 }));
});

test('the root is the folder of our package.json', () => {
  assert.ok(existsSync(join(repoRoot(), 'src/core/root.ts')));
});
