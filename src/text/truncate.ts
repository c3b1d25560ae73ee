// Cuts an example to a number of tokens as Hugging Face's tokenizers do with truncation "longest_first": special tokens
// are kept, one text loses its end, and of two the longer one does first. Checked against the Rust crate's ids.
import type { Sentence } from './taskData.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Encoding } from './tokenizers/template.ts';

export interface CutEncoding extends Encoding {
  /** Whether tokens were cut off. */
  readonly cut: boolean;
}

/** Ids of the example, at most `seqLen` of them, special tokens included. */
export function encodeWithin(
  tokenizer: Tokenizer,
  { text, pair }: Pick<Sentence, 'text' | 'pair'>,
  seqLen: number,
): CutEncoding {
  const first = tokenizer.encodeBare(text);
  const second = pair === undefined ? undefined : tokenizer.encodeBare(pair);
  return wrapWithin(tokenizer, first, second, seqLen);
}

/** Wraps bare ids of one text or two, cut so that with the special tokens they are at most `seqLen`. */
function wrapWithin(
  tokenizer: Tokenizer,
  first: readonly number[],
  second: readonly number[] | undefined,
  seqLen: number,
): CutEncoding {
  const { single, pair } = tokenizer.specialTokens;
  if (second === undefined) {
    const budget = Math.max(0, seqLen - single);
    return { ...tokenizer.wrap(first.slice(0, budget)), cut: first.length > budget };
  }
  const budget = Math.max(0, seqLen - pair);
  const [one, other] = sharesOf(first.length, second.length, budget);
  const cut = first.length + second.length > budget;
  return { ...tokenizer.wrap(first.slice(0, one), second.slice(0, other)), cut };
}

/** Tokens that two texts keep. Where both are longer than half, the second gets the odd one if they are equal. */
function sharesOf(first: number, second: number, budget: number): readonly [number, number] {
  if (first + second <= budget) return [first, second];
  const shorter = Math.min(first, second);
  const longer = shorter > budget ? shorter : Math.max(shorter, budget - shorter);
  const half = Math.floor(budget / 2);
  const [low, high] = shorter + longer > budget ? [half, half + (budget % 2)] : [shorter, longer];
  return first > second ? [high, low] : [low, high];
}
