// Seeded random numbers, so that a run can be repeated to the byte on any machine. The generator is sfc32
// (Chris Doty-Humphrey's PractRand, public domain), its state filled from sha256 of the seed: seeds 1 and 2, or
// "compose:7" and "compose:8", give unrelated streams.
import { createHash } from 'node:crypto';

export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, maxExclusive). */
  integer(maxExclusive: number): number;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** One of the items, which must not be empty. */
  pick<T>(items: readonly T[]): T;
}

const WARM_UP_DRAWS = 12;

export function createRandom(seed: number | string): Random {
  const draw = sfc32(seed);
  const next = (): number => ((draw() >>> 5) * 2 ** 26 + (draw() >>> 6)) / 2 ** 53;
  const integer = (maxExclusive: number): number => {
    if (!Number.isSafeInteger(maxExclusive) || maxExclusive <= 0) {
      throw new RangeError(`integer(${maxExclusive}): the bound must be a positive integer`);
    }
    return Math.floor(next() * maxExclusive);
  };
  return {
    next,
    integer,
    shuffle: (items) => shuffled(items, integer),
    pick: (items) => items[integer(items.length)] as (typeof items)[number], // the index is in range
  };
}

/** Fisher-Yates from the end. */
function shuffled<T>(items: readonly T[], integer: (maxExclusive: number) => number): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = integer(last + 1);
    const held = copy[last] as T; // both indices are in range
    copy[last] = copy[other] as T;
    copy[other] = held;
  }
  return copy;
}

/** Uniform integers in [0, 2^32), for those who need millions. */
export function randomBits(seed: number | string): () => number {
  return sfc32(seed);
}

function sfc32(seed: number | string): () => number {
  const digest = createHash('sha256').update(String(seed)).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let index = 0; index < WARM_UP_DRAWS; index++) draw();
  return draw;
}
