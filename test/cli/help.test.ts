// The help of every command and sub-command: it fits a terminal, and it tells each flag once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYWHERE, type Usage } from '../../src/cli/args.ts';
import { BENCH_USAGE } from '../../src/cli/benchFlags.ts';
import { CALIBRATE_USAGE } from '../../src/cli/calibrateFlags.ts';
import { LOADS } from '../../src/cli/commands.ts';
import type { Command } from '../../src/cli/command.ts';
import { helpOf, wrapped } from '../../src/cli/help.ts';
import { EXIT } from '../../src/core/errors.ts';
import { call } from '../fixtures/call.ts';

const commands = await Promise.all([...LOADS.values()].map(async (load) => (await load()).command));
const all: readonly Command[] = commands.flatMap((command) => [command, ...(command.subcommands ?? [])]);

test('every command and sub-command has a help of its own, within 80 columns', async () => {
  assert.ok(all.length >= 12 + 3 + 6, String(all.length));
  for (const command of all) {
    for (const flag of ['--help', '-h']) {
      const { code, out } = await call(command, [flag]);
      assert.equal(code, EXIT.ok);
      assert.equal(out, command.help);
    }
    const called = command.name.replace(' ', ' -- ');
    assert.ok(command.help.includes(`Usage: npm run ${called}`), command.help);
    const wide = command.help.split('\n').filter((line) => line.length > 80);
    assert.deepEqual(wide, [], command.name);
  }
});

test('every command that runs something takes --quiet and says so', () => {
  for (const { name, help, subcommands } of all) {
    if (subcommands === undefined)
      assert.match(help, /^ +-q, --quiet +print nothing on stderr but errors$/m, name);
    else
      for (const one of subcommands)
        assert.ok(help.includes(`\n  ${one.name.split(' ')[1] ?? ''} `), one.name);
  }
});

test('the groups hold every flag once, those most used first', () => {
  const usages: readonly Usage[] = [BENCH_USAGE, CALIBRATE_USAGE];
  for (const { name, flags, groups = {} } of usages) {
    const grouped = Object.values(groups).flatMap((group) => Object.keys(group));
    assert.deepEqual(grouped.toSorted(), Object.keys(flags).toSorted(), name);
  }
  const help = helpOf(BENCH_USAGE);
  const titles = [...Object.keys(BENCH_USAGE.groups), 'With every command'];
  const places = titles.map((title) => help.indexOf(`\n${title}:\n`));
  assert.ok(!places.includes(-1));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  for (const flag of [...Object.keys(BENCH_USAGE.flags), ...Object.keys(EVERYWHERE)]) {
    const told = help.split('\n').filter((line) => new RegExp(`^ {2,6}(-\\w, )?--${flag}( |$)`).test(line));
    assert.equal(told.length, 1, flag);
  }
});

test('text is broken at spaces only', () => {
  assert.deepEqual(wrapped('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrapped('a-word-too-long-for-it short', 7), ['a-word-too-long-for-it', 'short']);
  assert.deepEqual(wrapped('', 7), ['']);
});
