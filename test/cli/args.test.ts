import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpOf, oneOf, parseFlags, wholeNumber, type Usage } from '../../src/cli/args.ts';
import { refuses } from '../fixtures/refuses.ts';

const USAGE = {
  name: 'weigh',
  summary: 'Weighs things.',
  flags: {
    out: { type: 'string', value: 'DIR', short: 'o', help: 'where to' },
    list: { type: 'boolean', help: 'only list' },
  },
  notes: ['e.g. npm run weigh'],
} as const satisfies Usage;

test('flags are read by their long and short names', () => {
  assert.deepEqual(parseFlags(USAGE, ['-o', 'x', '--list']), {
    values: { out: 'x', list: true },
    operands: [],
    help: false,
  });
  assert.equal(parseFlags(USAGE, ['-h']).help, true);
});

test('an unknown flag, a missing value and a stray word are named with the flags that exist', () => {
  refuses(() => parseFlags(USAGE, ['--outt', 'x']), /weigh: Unknown option '--outt' \(flags: --out --list\)/);
  refuses(() => parseFlags(USAGE, ['--out']), /weigh: Option '-o, --out <value>' argument missing/);
  refuses(() => parseFlags(USAGE, ['fast']), /weigh: Unexpected argument 'fast'/);
});

test('operands are taken where the usage names them', () => {
  assert.deepEqual(parseFlags({ ...USAGE, operands: 'RUN' }, ['a', 'b']).operands, ['a', 'b']);
});

test('the help is made of the same literals', () => {
  assert.equal(
    helpOf(USAGE),
    `Weighs things.

usage: npm run weigh -- [flags]

  -o, --out DIR  where to
      --list     only list
  -h, --help     print this and leave

e.g. npm run weigh
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
