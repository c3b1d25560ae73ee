import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOUBTS, weightOf } from '../../src/core/doubts.ts';
import { repoRoot } from '../../src/core/root.ts';

/** Every `code: '...'` of the sources: only doubts have such a field. */
function codesInSources(): Map<string, string> {
  const folder = join(repoRoot(), 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = new Map<string, string>();
  for (const file of files)
    for (const [, code = ''] of readFileSync(join(folder, file), 'utf8').matchAll(/\bcode: '([\w-]+)'/g))
      found.set(code, file);
  return found;
}

test('every doubt that the sources can raise is in the registry, with a weight and a meaning', () => {
  const codes = codesInSources();
  assert.ok(codes.size > 20, String(codes.size));
  const unknown = [...codes].filter(([code]) => !(code in DOUBTS));
  assert.deepEqual(unknown, []);
  for (const [code, { meaning }] of Object.entries(DOUBTS)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(meaning.length > 15 && !meaning.endsWith('.'), code);
  }
});

test('what contradicts itself is invalid, what was disturbed provisional, what is contained a note', () => {
  for (const code of ['digest-mismatch', 'witness-mismatch', 'flops-mismatch', 'clock-mismatch'])
    assert.equal(weightOf(code), 'invalid', code);
  for (const code of ['cpu-steal', 'busy-neighbours', 'drift', 'single-block', 'setting-not-effective'])
    assert.equal(weightOf(code), 'provisional', code);
  for (const code of ['within-noise', 'cpu-governor', 'virtual-machine', 'high-load'])
    assert.equal(weightOf(code), 'note', code);
});

test('a code that this version does not know is a reason to measure again', () => {
  assert.equal(weightOf('of-some-later-version'), 'provisional');
  assert.equal(weightOf('constructor'), 'provisional');
});
