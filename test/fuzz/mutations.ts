// Damage to files as it happens and as somebody would make it: bytes flipped, runs cut out, doubled or put elsewhere, ends
// missing, numbers that are too large. Seeded, so that a case can be had again by its number.
import type { Random } from '../../src/core/random.ts';

const TELLING_BYTES = [0x00, 0xff, 0x7f, 0x80, 0x22, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x0a, 0x0d, 0x09];
const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    '\n',
    '\t',
    '\u2028',
    '\uFEFF',
    '""',
    'null',
    'true',
    '[[[[[[[[',
  ],
  ...[
    '-1',
    '1e9',
    '1e308',
    '9007199254740993',
    '0.5',
    '99999999999',
    '{}',
    '[]',
    '"__proto__":',
    '"constructor":1,',
  ],
].map((text) => Buffer.from(text));

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => changed(bytes, random, () => random.integer(256)),
  (bytes, random) => changed(bytes, random, () => random.pick(TELLING_BYTES)),
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.integer(8))),
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.integer(Math.min(bytes.length, 64) + 1)),
  (bytes, random) => {
    const [start, end] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  (bytes, random) => {
    const [start, end] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  (bytes, random) => {
    const at = random.integer(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.pick(PIECES), bytes.subarray(at)]);
  },
  // A number of the text in the place of another.
  (bytes, random) => {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: own } = random.pick(numbers);
    const piece = random.pick(['-1', '0', '1e9', '1e308', '4294967296', '9007199254740993', 'NaN', '0.5']);
    return Buffer.from(text.slice(0, index) + piece + text.slice(index + own.length), 'latin1');
  },
];

const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    0.5,
    99_999,
    1e9,
    2 ** 53,
    1e308,
    '',
    'x',
    '\u0000',
    '1',
    [],
    [[]],
    {},
    [null],
  ],
  ...[
    { type: 'Sequence' },
    ['[SEP]', -1],
    { 0: 'a', 2: 'b' },
    'x'.repeat(10_000),
    Array.from({ length: 3000 }, () => 0),
  ],
];

/** JSON with another value, key or lack of one somewhere; what is no JSON as it is. */
export function withOddValue(bytes: Buffer, random: Random): Buffer {
  try {
    return Buffer.from(JSON.stringify(odd(JSON.parse(bytes.toString('utf8')), random)));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return bytes;
    throw thrown;
  }
}

function odd(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.integer(6) === 0) return random.pick(ODD_VALUES);
  const entries = Object.entries(value);
  if (entries.length === 0) return random.pick(ODD_VALUES);
  const chosen = random.integer(entries.length);
  const action = random.integer(8);
  const changed = entries.flatMap(([key, inner], index): [string, unknown][] => {
    if (index !== chosen) return [[key, inner]];
    if (action === 0) return [];
    if (action === 1) return [[random.pick(['', '-1', '1e9', 'toString', key + key]), inner]];
    return [[key, odd(inner, random)]];
  });
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}

/** The same within the header of safetensors. */
export function withOddHeader(bytes: Buffer, random: Random): Buffer {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = withOddValue(bytes.subarray(8, end), random);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, bytes.subarray(end)]);
}

/** One to four of them, one after the other. */
export function mutated(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let count = 1 + random.integer(4); count > 0; count--) result = random.pick(MUTATIONS)(result, random);
  return result;
}

function changed(bytes: Buffer, random: Random, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  const at =
    random.integer(2) === 0 ? random.integer(copy.length) : random.integer(Math.min(copy.length, 64));
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

/** At most a few hundred bytes. */
function span(bytes: Buffer, random: Random): readonly [number, number] {
  const start = random.integer(bytes.length + 1);
  return [start, Math.min(bytes.length, start + random.integer(300))];
}
