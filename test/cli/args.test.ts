import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSON_FLAG, oneOf, parseFlags, wholeNumber, type Given, type Usage } from '../../src/cli/args.ts';
import { fromCaller } from '../../src/core/callerPath.ts';
import { helpOf } from '../../src/cli/help.ts';
import { refuses } from '../fixtures/refuses.ts';

const USAGE = {
  name: 'weigh',
  summary: 'Weighs things.',
  flags: {
    out: { type: 'string', value: 'DIR', short: 'o', help: 'where to' },
    list: { type: 'boolean', help: 'only list' },
  },
  notes: ['Needs scales.'],
  examples: ['weigh -- --list'],
} as const satisfies Usage;

test('flags are read by their long and short names', () => {
  assert.deepEqual(parseFlags(USAGE, ['-o', 'x', '--list', '-q']), {
    values: { out: 'x', list: true },
    operands: [],
    help: false,
    quiet: true,
    outdated: [],
  });
  assert.deepEqual(parseFlags(USAGE, ['--out=-x']).values, { out: '-x' });
  assert.equal(parseFlags(USAGE, ['-h']).help, true);
  assert.equal(parseFlags(USAGE, ['--wrong', '--help']).help, true);
});

test('an unknown flag or word is named with what was probably meant', () => {
  refuses(
    () => parseFlags(USAGE, ['--outt', 'x']),
    /^weigh: unknown flag --outt \(did you mean --out\? npm run weigh -- --help lists them\)$/,
  );
  refuses(
    () => parseFlags(USAGE, ['--colour']),
    /^weigh: unknown flag --colour \(npm run weigh -- --help lists them\)$/,
  );
  refuses(() => parseFlags(USAGE, ['-x']), /^weigh: unknown flag -x \(npm run/);
  refuses(() => parseFlags(USAGE, ['lst']), /^weigh takes flags only, not "lst" \(did you mean --list\?\)$/);
  refuses(
    () => parseFlags(USAGE, ['fast']),
    /^weigh takes flags only, not "fast" \(npm run weigh -- --help\)$/,
  );
});

test('a value that is missing, or that a flag does not take, is told with a form that works', () => {
  refuses(() => parseFlags(USAGE, ['--out']), /^weigh: --out needs a value \(--out DIR\)$/);
  refuses(() => parseFlags(USAGE, ['--out', '']), /^weigh: --out needs a value/);
  refuses(
    () => parseFlags(USAGE, ['-o', '--list']),
    /^weigh: -o needs a value, and --list looks like a flag \(-o DIR, or -o=--list if that is the value\)$/,
  );
  refuses(() => parseFlags(USAGE, ['--list=yes']), /^weigh: --list takes no value, not "yes" \(--list\)$/);
});

const RENAMED = {
  name: 'weigh',
  summary: 'Weighs things.',
  flags: {
    task: { type: 'string', help: 'what' },
    column: {
      type: 'string',
      formerly: { name: 'text', when: (given: Given) => given.get('task') === 'file' },
      help: 'where',
    },
    mode: { type: 'string', formerly: { name: 'text' }, help: 'how' },
    inputs: { type: 'string', multiple: true, formerly: { name: 'in' }, help: 'several' },
  },
} as const satisfies Usage;

test('the former name of a flag still works, and a line says the new one', () => {
  const { values, outdated } = parseFlags(RENAMED, ['--text', 'full', '--in', 'a', '--inputs', 'b']);
  assert.deepEqual(values, { mode: 'full', inputs: ['a', 'b'] });
  assert.deepEqual(outdated, [
    '--text is now --mode; the old name goes with the next version',
    '--in is now --inputs; the old name goes with the next version',
  ]);
  assert.deepEqual(parseFlags(RENAMED, ['--mode', 'full']).outdated, []);
});

test('a former name that two flags had is the one that the other flags tell', () => {
  assert.deepEqual(parseFlags(RENAMED, ['--text', 'words', '--task', 'file']).values, {
    column: 'words',
    task: 'file',
  });
  refuses(
    () => parseFlags(RENAMED, ['--text', 'a', '--mode', 'b']),
    /--text is now --mode, and both are given/,
  );
  refuses(() => parseFlags(RENAMED, ['--text']), /--text needs a value/);
});

test('a path is meant from where the caller stands', () => {
  const usage = { ...USAGE, flags: { out: { ...USAGE.flags.out, path: true } } } as const;
  assert.deepEqual(parseFlags(usage, ['--out', 'x']).values, { out: fromCaller('x') });
  assert.deepEqual(parseFlags(usage, ['--out', '/x']).values, { out: '/x' });
});

test('a lone dash may follow a flag that writes to stdout', () => {
  const usage = { ...USAGE, operands: 'RUN', flags: JSON_FLAG } as const;
  assert.deepEqual(parseFlags(usage, ['--json', '-', 'a']).operands, ['a']);
  assert.deepEqual(parseFlags(usage, ['a', '--json']).values, { json: true });
  refuses(
    () => parseFlags({ ...USAGE, flags: JSON_FLAG }, ['--json', 'x.json']),
    /takes flags only, not "x\.json"/,
  );
});

test('operands are taken where the usage names them', () => {
  assert.deepEqual(parseFlags({ ...USAGE, operands: 'RUN' }, ['a', 'b']).operands, ['a', 'b']);
});

test('the help is made of the same literals', () => {
  assert.equal(
    helpOf(USAGE),
    `Weighs things.

Usage: npm run weigh -- [flags]

Flags:
  -o, --out DIR  where to
      --list     only list

With every command:
  -q, --quiet    print nothing on stderr but errors
  -h, --help     print this and leave

Needs scales.

Examples:
  npm run weigh -- --list
`,
  );
});

test('numbers and closed lists are checked', () => {
  assert.equal(wholeNumber('blocks', '3', 1), 3);
  for (const bad of ['0', '-1', '1.5', 'x', '', '1e3', '99999999999999999999']) {
    refuses(() => wholeNumber('blocks', bad, 1), /--blocks must be a whole number of at least 1, not/);
  }
  assert.equal(oneOf('task', 'a', ['a', 'b']), 'a');
  refuses(() => oneOf('task', 'c', ['a', 'b']), /--task: unknown value "c" \(legal: a, b\)/);
});
