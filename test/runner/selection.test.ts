import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWanted, select, type Selection, type Wanted } from './selection.ts';

const TEXTS = {
  'run/kill.processes.test.js': "test('9 kills leave runs')",
  'run/spawn.test.js': "test('a crash (in native code)')",
  'store/disk.processes.test.js': "test('a run goes on')",
  'store/disk.test.js': "test('a full disk')",
};
const PATHS = Object.keys(TEXTS);

function chosen(names: readonly string[], group: Wanted['group'] = null): Selection {
  return select(PATHS, { group, names }, (path) => TEXTS[path as keyof typeof TEXTS]);
}

test('without names all files run, or those of a group', () => {
  assert.deepEqual(chosen([]), { rounds: [PATHS], pattern: null });
  assert.deepEqual(chosen([], 'processes').rounds, [
    ['run/kill.processes.test.js', 'store/disk.processes.test.js'],
  ]);
  assert.deepEqual(chosen([], 'unit').rounds, [['run/spawn.test.js', 'store/disk.test.js']]);
});

test('a part of a path runs its files, all their tests', () => {
  assert.deepEqual(chosen(['disk']).rounds, [['store/disk.processes.test.js', 'store/disk.test.js']]);
  assert.deepEqual(chosen(['disk', 'spawn'], 'unit').rounds, [['run/spawn.test.js', 'store/disk.test.js']]);
  assert.equal(chosen(['run/']).pattern, null);
});

test('another name runs the tests of that name, first where it is written', () => {
  const { rounds, pattern } = chosen(['crash (in']);
  assert.deepEqual(rounds, [['run/spawn.test.js'], PATHS.filter((path) => path !== 'run/spawn.test.js')]);
  assert.ok(pattern?.test('a crash (in native code)'));
  assert.ok(!pattern?.test('a crash in native code'));
  assert.deepEqual(chosen(['written nowhere']).rounds, [PATHS]);
});

test('a path and a name together run the tests of that name in those files', () => {
  const { rounds, pattern } = chosen(['store/', 'a full']);
  assert.deepEqual(rounds, [['store/disk.test.js'], ['store/disk.processes.test.js']]);
  assert.ok(pattern?.test('a full disk'));
});

test('groups and names come from the command line', () => {
  assert.deepEqual(parseWanted(['--group', 'unit', 'kill']), { group: 'unit', names: ['kill'] });
  assert.throws(() => parseWanted(['--group', 'slow']), /--group takes unit or processes, not "slow"/);
  assert.throws(() => parseWanted(['--slow']), /--slow/);
});
