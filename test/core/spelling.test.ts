import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOADS } from '../../src/cli/commands.ts';
import { repoRoot } from '../../src/core/root.ts';
import { spelled } from '../../src/core/spelling.ts';

test('commands are typed as the program was installed', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['go on with: npm run bench -- --resume a --out b', 'go on with: npx tpb bench --resume a --out b'],
    ['npm run bench, or name a run folder', 'npx tpb bench, or name a run folder'],
    ['see `npm run models -- list`', 'see `npx tpb models list`'],
    ['fetch it again: npm run setup:cuda', 'fetch it again: npx tpb setup-cuda'],
    ['npm run verify:avx2 -- --texts 4', 'npx tpb verify-avx2 --texts 4'],
    ['e.g. npm run merge -- a b', 'e.g. npx tpb merge a b'],
    ['  npm run bench        Measures', '  npx tpb bench        Measures'],
    ['no command in it, npm install', 'no command in it, npm install'],
  ];
  for (const [checkout, installed] of cases) {
    assert.equal(spelled(checkout, true), installed);
    assert.equal(spelled(checkout, false), checkout);
  }
});

test('every command has its script, so that both spellings run', () => {
  const commands = [...LOADS.keys()];
  assert.ok(commands.length >= 12);
  const manifest = JSON.parse(readFileSync(join(repoRoot(), 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const run = Object.values(manifest.scripts).map((script) => / bin\/tpb\.cjs ([\w-]+)$/.exec(script)?.[1]);
  for (const name of commands) assert.ok(run.includes(name), name);
});
