// Sentences of one kind, sorted by their number of tokens, so that one of a length between two bounds is drawn at
// random in constant time. This is what makes filling a document to the last few tokens cheap.
import type { Random } from '../core/random.ts';

export interface PooledSentence {
  readonly text: string;
  /** Bare ids, without [CLS] and [SEP], after another sentence and a space. */
  readonly ids: readonly number[];
  /** Bare ids at the beginning of a text; with WordPiece the same. */
  readonly opening: readonly number[];
}

export class Pool {
  readonly shortest: number;
  readonly longest: number;
  readonly #sorted: readonly PooledSentence[];
  /** #starts[n]: index of the first sentence with at least n tokens. */
  readonly #starts: readonly number[];

  constructor(sentences: readonly PooledSentence[]) {
    this.#sorted = [...sentences].sort((left, right) => left.ids.length - right.ids.length);
    this.shortest = this.#sorted[0]?.ids.length ?? Infinity;
    this.longest = this.#sorted.at(-1)?.ids.length ?? 0;
    this.#starts = startsOf(this.#sorted, this.longest);
  }

  get size(): number {
    return this.#sorted.length;
  }

  /** A random sentence of `least` to `most` tokens, or undefined if there is none. */
  draw(random: Random, least: number, most: number): PooledSentence | undefined {
    if (most < least || least > this.longest) return undefined;
    const begin = this.#starts[Math.max(0, least)] ?? this.size;
    const end = this.#starts[most + 1] ?? this.size;
    return end > begin ? this.#sorted[begin + random.integer(end - begin)] : undefined;
  }
}

function startsOf(sorted: readonly PooledSentence[], longest: number): number[] {
  const starts: number[] = [];
  let index = 0;
  for (let length = 0; length <= longest; length++) {
    while ((sorted[index]?.ids.length ?? Infinity) < length) index++;
    starts.push(index);
  }
  return starts;
}
