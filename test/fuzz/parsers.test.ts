// Damaged files of every kind: 20,000 of them, the same each time. A file is read or refused in one line; nothing else is
// thrown, and none takes a second of CPU time or half a gigabyte of memory.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { createRandom } from '../../src/core/random.ts';
import { mutated } from './mutations.ts';
import { PARSERS, type Parser } from './parsers.ts';

const MOST_MS = 1000;
const MOST_BYTES = 500 * 2 ** 20;

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** @returns whether the file was read. */
async function accepted(
  { name, parse }: Parser,
  bytes: Buffer,
  folder: string,
  what: string,
): Promise<boolean> {
  const before = process.cpuUsage();
  try {
    await parse(bytes, folder);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) {
      throw new Error(`${what}: ${String(thrown)}\n${bytes.toString('base64')}`, { cause: thrown });
    }
    assert.doesNotMatch(thrown.line, /\n/, what);
    return false;
  } finally {
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < MOST_MS * 1000, `${what} of ${name} took ${(user + system) / 1000} ms`);
  }
}

describe('damaged files', () => {
  for (const parser of PARSERS) {
    test(`of ${parser.name}: ${parser.cases} are read or refused`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
      for (const [index, seed] of parser.seeds.entries()) {
        // External weights that are not there are the one reason to refuse a whole file.
        const absent = seed.includes('absent.bin');
        assert.equal(
          await accepted(parser, seed, folder, `seed ${index}`),
          !absent,
          `${parser.name} ${index}`,
        );
      }
      const before = peakBytes();
      let read = 0;
      for (let number = 0; number < parser.cases; number++) {
        const what = `${parser.name}/${number}`;
        const random = createRandom(what);
        const seed = random.pick(parser.seeds);
        const { twist = mutated } = parser;
        const bytes = number % 2 === 0 ? mutated(seed, random) : twist(seed, random);
        if (await accepted(parser, bytes, folder, what)) read++;
      }
      assert.ok(read < parser.cases, 'nothing was damaged');
      const grown = peakBytes() - before;
      assert.ok(grown < MOST_BYTES, `${(grown / 2 ** 20).toFixed(0)} MB`);
    });
  }

  test('are 20,000 in all', () => {
    assert.equal(
      PARSERS.reduce((sum, { cases }) => sum + cases, 0),
      20_000,
    );
  });
});
