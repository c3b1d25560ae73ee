// Fills a budget of tokens with whole sentences. Far from the end sentences are drawn freely; the last one or two are
// drawn so that they close the gap to a few tokens. Drawing and trying again, instead of taking the
// one best fit, keeps short documents various: at 32 tokens the best fit would pick from a dozen sentences.
import { BenchError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Pool, PooledSentence } from './pool.ts';

export interface Pools {
  /** Sentences of the document's label. */
  readonly labelled: Pool;
  /** Sentences without a verdict; may be empty. */
  readonly neutral: Pool;
}

/** Share of the budget without special tokens; a little under 5 %, so that with them 95 % of the length is met. */
const TOLERANCE = 0.045;
/** Long documents have combinations enough to be filled closer than that. */
const MOST_SLACK = 3;
const CLOSING_TRIES = 200;
const DRAW_TRIES = 20;
const NEUTRAL_CHANCE = 0.45;

const OPENING_TRIES = 20;

/** Sentences of together at most `budget` tokens, in random order, at least one of them labelled. */
export function fill(pools: Pools, budget: number, random: Random): PooledSentence[] {
  let best: Opened | null = null;
  for (let room = budget; room >= pools.labelled.shortest; room--) {
    for (let attempt = 0; attempt < OPENING_TRIES; attempt++) {
      const made = opened(draw(pools, room, random), budget);
      if (made === null) continue;
      if (made.lost === 0 || budget - made.tokens <= slackOf(budget)) return [...made.order];
      if (best === null || made.tokens > best.tokens) best = made;
    }
    if (best !== null) return [...best.order];
  }
  throw new BenchError(`no sentence fits ${budget} tokens`, 'ask for a larger --seq-lens');
}

/** Tokens that may be left unused. */
function slackOf(budget: number): number {
  return Math.min(MOST_SLACK, Math.floor(budget * TOLERANCE));
}

function draw(pools: Pools, budget: number, random: Random): PooledSentence[] {
  const slack = slackOf(budget);
  const longest = Math.max(pools.labelled.longest, pools.neutral.longest);
  const body = new Body(pools, random);
  while (budget - body.tokens > 2 * longest && body.addAny(longest)) continue;
  return random.shuffle(close(body, budget, slack));
}

interface Opened {
  readonly order: readonly PooledSentence[];
  readonly tokens: number;
  /** Tokens fewer than if it began after a space. */
  readonly lost: number;
}

/**
 * A sentence may have another number of tokens at the beginning than after a space. Brings one to the front with which
 * the budget is filled best; the order stays where it makes no difference (WordPiece). Null if none of them fits.
 */
function opened(order: readonly PooledSentence[], budget: number): Opened | null {
  const continued = order.reduce((sum, { ids }) => sum + ids.length, 0);
  const totals = order.map(({ ids, opening }) => continued + opening.length - ids.length);
  const tokens = Math.max(...totals.filter((total) => total <= budget));
  const front = totals.indexOf(tokens);
  if (front < 0) return null;
  const lost = Math.max(0, continued - tokens);
  return { order: [...order.slice(front), ...order.slice(0, front)], tokens, lost };
}

/** Tries ends for the body until one leaves at most `slack` tokens unused; the best one otherwise. */
function close(body: Body, budget: number, slack: number): PooledSentence[] {
  let best = body;
  for (let attempt = 0; attempt < CLOSING_TRIES; attempt++) {
    const candidate = body.copy();
    extend(candidate, budget, slack);
    const better = candidate.tokens > best.tokens || best.labelled === 0;
    if (candidate.labelled > 0 && better) best = candidate;
    if (best.labelled > 0 && budget - best.tokens <= slack) break;
  }
  return [...best.chosen];
}

/** Adds a free sentence, then one that closes the gap if there is such, until nothing fits. */
function extend(body: Body, budget: number, slack: number): void {
  while (budget - body.tokens > slack) {
    const gap = budget - body.tokens;
    if (body.addClosing(gap - slack, gap)) return;
    if (!body.addAny(gap)) return;
  }
}

/** A document under construction. */
class Body {
  readonly chosen: Set<PooledSentence>;
  tokens: number;
  labelled: number;
  readonly #pools: Pools;
  readonly #random: Random;

  constructor(pools: Pools, random: Random, from?: Body) {
    this.#pools = pools;
    this.#random = random;
    this.chosen = new Set(from?.chosen);
    this.tokens = from?.tokens ?? 0;
    this.labelled = from?.labelled ?? 0;
  }

  copy(): Body {
    return new Body(this.#pools, this.#random, this);
  }

  /** One sentence of at most `most` tokens. */
  addAny(most: number): boolean {
    return this.#add(1, most);
  }

  /** One sentence that fills the gap. Not always taken for the first: whole sentences of just this length are few. */
  addClosing(least: number, most: number): boolean {
    if (this.chosen.size === 0 && this.#random.next() < 0.5) return false;
    return this.#add(least, most);
  }

  #add(least: number, most: number): boolean {
    const neutral = this.#wantsNeutral();
    const first = neutral ? this.#pools.neutral : this.#pools.labelled;
    for (let attempt = 0; attempt < DRAW_TRIES; attempt++) {
      const sentence = first.draw(this.#random, least, most);
      if (sentence === undefined) return false;
      if (this.chosen.has(sentence)) continue;
      this.chosen.add(sentence);
      this.tokens += sentence.ids.length;
      if (!neutral) this.labelled += 1;
      return true;
    }
    return false;
  }

  /** About one in three, and never more than half and one of the labelled. */
  #wantsNeutral(): boolean {
    if (this.#pools.neutral.size === 0) return false;
    const neutral = this.chosen.size - this.labelled;
    return neutral * 2 <= this.labelled && this.#random.next() < NEUTRAL_CHANCE;
  }
}
