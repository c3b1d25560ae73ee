// The first file that Node reads, under versions that can read little else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Linter } from 'eslint';
import { repoRoot } from '../../src/core/root.ts';

const LAUNCHER = join(repoRoot(), 'bin', 'tpb.cjs');
const { version, engines } = JSON.parse(readFileSync(join(repoRoot(), 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

/** Starts the launcher as if Node had that version. */
function startUnder(node: string, ...args: string[]) {
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })`;
  const program = `${versions}; process.argv.splice(1, 0, '${LAUNCHER}'); require('${LAUNCHER}')`;
  return spawnSync(process.execPath, ['-e', program, '--', ...args], { encoding: 'utf8' });
}

test('the launcher is ES5, so that any Node reads it', () => {
  const code = readFileSync(LAUNCHER, 'utf8');
  const messages = new Linter().verify(code, [{ languageOptions: { ecmaVersion: 5, sourceType: 'script' } }]);
  assert.deepEqual(messages, []);
});

test('a Node that is too old is told so in one line, before anything else', () => {
  assert.equal(engines.node, '>=20.6');
  for (const old of ['0.12.18', '6.17.1', '18.20.8', '20.5.1']) {
    const { status, stdout, stderr } = startUnder(old, 'bench');
    assert.deepEqual([status, stdout], [2, ''], old);
    assert.match(
      stderr,
      new RegExp(`^token-pruning-bench needs Node 20\\.6 or newer, and this is Node ${old} \\(.+\\)\\n$`),
    );
  }
});

test('a Node that is new enough runs the command', () => {
  for (const fine of ['20.6.0', '20.11.0', '22.0.0', '100.1.0']) {
    const { status, stdout, stderr } = startUnder(fine, '--version');
    assert.deepEqual([status, stdout, stderr], [0, `${version}\n`, ''], fine);
  }
});

test('--version and -v print the version of the package, and nothing else', () => {
  for (const flag of ['--version', '-v']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, flag], { encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, `${version}\n`, '']);
  }
});

test('the exit code of a command is that of the launcher', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, 'nope'], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^unknown command "nope"/);
});

test('a tree that is not compiled says what to run', () => {
  const root = mkdtempSync(join(tmpdir(), 'launcher-'));
  cpSync(join(repoRoot(), 'bin'), join(root, 'bin'), { recursive: true });
  cpSync(join(repoRoot(), 'package.json'), join(root, 'package.json'));
  const program = [join(root, 'bin', 'tpb.cjs'), 'bench'];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^token-pruning-bench is not compiled \([^\n]*npm run build[^\n]*\)\n$/);
});
