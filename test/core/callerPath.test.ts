import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';

const MODULE = new URL('../../src/core/callerPath.js', import.meta.url).href;

/** What a process that stands in `cwd` makes of a path. */
function seenFrom(cwd: string, calledFrom: string | undefined, path: string): string {
  const script = `const { fromCaller } = await import('${MODULE}'); console.log(fromCaller(process.argv[1]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, path], {
    cwd,
    env: { ...process.env, INIT_CWD: calledFrom },
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout.trim();
}

test('npm run moves to the package: a relative path is meant from where it was called', () => {
  const caller = realpathSync(mkdtempSync(join(tmpdir(), 'caller-')));
  assert.equal(seenFrom(repoRoot(), caller, 'out'), join(caller, 'out'));
  assert.equal(seenFrom(repoRoot(), caller, '../out'), join(caller, '..', 'out'));
  assert.equal(seenFrom(repoRoot(), caller, '/out'), '/out');
});

test('without npm, or in a folder of its own below npm, the current folder counts', () => {
  const here = realpathSync(mkdtempSync(join(tmpdir(), 'here-')));
  assert.equal(seenFrom(here, undefined, 'out'), join(here, 'out'));
  assert.equal(seenFrom(here, repoRoot(), 'out'), join(here, 'out'));
  assert.equal(seenFrom(repoRoot(), '', 'out'), join(repoRoot(), 'out'));
});
