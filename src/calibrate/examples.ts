// The texts of a calibration: those that the search sees and those that confirm it, which it never sees. Calibration texts
// of natural length are drawn so that their lengths are spread as the held-out ones' are (SST-2's training split
// is mostly phrases of a few words): what a threshold keeps, and what it saves, depends on length. Of the held-out
// texts only the lengths are looked at.
import { createRandom, type Random } from '../core/random.ts';
import type { TextMode } from '../core/names.ts';
import { composeDocuments } from '../text/compose.ts';
import type { Document } from '../text/document.ts';
import type { Sentence, TaskData } from '../text/taskData.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

export interface ExampleOptions {
  readonly mode: TextMode;
  readonly seqLen: number;
  /** Calibration examples at most. */
  readonly calibration: number;
  /** Held-out examples at most. */
  readonly heldOut: number;
  readonly seed: number;
}

export interface CalibrationExamples {
  readonly calibration: readonly Document[];
  readonly heldOut: readonly Document[];
}

export function chooseExamples(
  split: { readonly calibration: TaskData; readonly heldOut: TaskData },
  tokenizer: Tokenizer,
  options: ExampleOptions,
): CalibrationExamples {
  const { mode, seqLen, seed } = options;
  const random = createRandom(`calibrate/examples/${seed}`);
  if (mode !== 'natural') {
    const composed = (task: TaskData, count: number, use: string): Document[] =>
      composeDocuments(task, tokenizer, { mode, seqLen, count, seed: `${use}/${seed}` });
    return {
      calibration: composed(split.calibration, options.calibration, 'calibrate'),
      heldOut: composed(split.heldOut, options.heldOut, 'confirm'),
    };
  }
  const heldOut = split.heldOut.sentences;
  const shown =
    heldOut.length <= options.heldOut ? heldOut : random.shuffle(heldOut).slice(0, options.heldOut);
  const drawn = likeLengths(split.calibration.sentences, shown, options.calibration, random);
  const natural = (task: TaskData, sentences: readonly Sentence[]): Document[] =>
    composeDocuments({ ...task, sentences }, tokenizer, { mode, seqLen, count: null, seed });
  return { calibration: natural(split.calibration, drawn), heldOut: natural(split.heldOut, shown) };
}

/** `count` of the pool (or all of it), each as long, in words, as a random one of `model`, or as near as there is. */
export function likeLengths(
  pool: readonly Sentence[],
  model: readonly Sentence[],
  count: number,
  random: Random,
): Sentence[] {
  if (pool.length <= count) return [...pool];
  const byWords = new Map<number, Sentence[]>();
  for (const sentence of random.shuffle(pool)) {
    const words = wordsOf(sentence);
    const bucket = byWords.get(words);
    if (bucket === undefined) byWords.set(words, [sentence]);
    else bucket.push(sentence);
  }
  return Array.from({ length: count }, () => takeNearest(byWords, wordsOf(random.pick(model))));
}

function takeNearest(byWords: Map<number, Sentence[]>, wanted: number): Sentence {
  const nearest = [...byWords.keys()].reduce((best, words) =>
    Math.abs(words - wanted) < Math.abs(best - wanted) ? words : best,
  );
  const bucket = byWords.get(nearest) ?? [];
  const taken = bucket.pop();
  if (bucket.length === 0) byWords.delete(nearest);
  if (taken === undefined) throw new RangeError('more sentences drawn than there are');
  return taken;
}

function wordsOf({ text, pair = '' }: Sentence): number {
  return `${text} ${pair}`.trim().split(/\s+/).length;
}
