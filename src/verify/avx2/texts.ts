// Which texts both machines answer: few, because an emulator is slow, and chosen so that every way in which attention
// is computed has its turn: one sequence, several equally long, ragged ones as a rectangle (up to 96 tokens) and one by
// one (above), heads at once (up to 224 tokens) and head by head (above). See models/attention and graphs/graphFiles.ts.
import type { TaskData } from '../../text/taskData.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';

/** Batches of lengths in tokens, the most telling for their price first. */
const BATCHES = [[12], [8, 16, 32], [16, 16], [24], [6], [48], [20, 112], [240]] as const;
/** Texts of all of them. */
export const TEXTS = BATCHES.flat().length;

/** Behind them as many of these as are asked for: what a batch of reviews looks like. */
const MORE = [14, 22, 35, 58] as const;

/**
 * Token ids of `texts` texts in batches: sentences of the task one after another, cut at the length, so that any
 * tokenizer reaches any length. @param longest tokens that the model takes.
 */
export function textBatches(
  { sentences }: Pick<TaskData, 'sentences'>,
  tokenizer: Pick<Tokenizer, 'encodeBare' | 'encodeContinued' | 'wrap' | 'specialTokens'>,
  texts: number,
  longest: number,
): number[][][] {
  const special = tokenizer.specialTokens.single;
  let next = 0;
  const compose = (length: number): number[] => {
    const ids: number[] = [];
    while (ids.length < length - special) {
      const text = sentences[next++ % sentences.length]?.text ?? '';
      ids.push(...(ids.length === 0 ? tokenizer.encodeBare(text) : tokenizer.encodeContinued(text)));
    }
    return [...tokenizer.wrap(ids.slice(0, length - special)).ids];
  };
  return lengthsOf(texts).map((lengths) => lengths.map((length) => compose(Math.min(length, longest))));
}

/** Lengths by batch, `texts` of them in all. */
export function lengthsOf(texts: number): number[][] {
  const batches: number[][] = [];
  for (let left = texts; left > 0;) {
    const lengths = (BATCHES[batches.length] ?? MORE).slice(0, left);
    batches.push(lengths);
    left -= lengths.length;
  }
  return batches;
}
