import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Hex } from '../../src/core/hash.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { floatTensor, writeSafetensors } from '../../src/weights/writeSafetensors.ts';

test('what is written is read back, and equal contents give equal bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  const path = join(folder, 'new', 'a.safetensors');
  const tensors = [
    floatTensor('b', [2, 2], Float32Array.of(1, -2, 0.5, 3)),
    floatTensor('a', [3], Float32Array.of(7, 8, 9)),
  ];
  const written = await writeSafetensors(path, tensors, { z: '1', cls: 'protected' });
  const again = await writeSafetensors(join(folder, 'b.safetensors'), tensors, { cls: 'protected', z: '1' });
  assert.deepEqual(again, written);
  assert.equal(written.sha256, sha256Hex(readFileSync(path)));
  const file = readSafetensors(path);
  assert.deepEqual(file.names(), ['a', 'b']);
  assert.deepEqual([...file.tensor('b').data], [1, -2, 0.5, 3]);
  assert.deepEqual(file.shape('b'), [2, 2]);
  assert.deepEqual(file.metadata, { cls: 'protected', z: '1' });
});

test('a folder that cannot be written is a one-line error, and nothing is left behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  const bad = { ...floatTensor('a', [3], Float32Array.of(7)) };
  await assert.rejects(
    writeSafetensors(join(folder, 'c.safetensors'), [bad]),
    /tensor a: 4 bytes instead of 12/,
  );
  await assert.rejects(writeSafetensors('/proc/none/d.safetensors', []), /cannot write/);
  assert.deepEqual(readdirSync(folder), []);
});
