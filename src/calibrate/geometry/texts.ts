// Texts that geometries are calibrated on: the bundled reviews, composed to the lengths that suites measure. Every
// length counts the same. They are not those that a bench times: its seeds are its own.
import { loadTask } from '../../text/dataset.ts';
import { toBatch } from '../../text/batch.ts';
import { composeDocuments } from '../../text/compose.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import type { TokenInputs } from '../../runtime/session.ts';

/** Texts a length: fewer of the long ones, which hold more tokens each. */
const CALIBRATION_LENGTHS: Readonly<Record<number, number>> = {
  32: 48,
  64: 24,
  128: 12,
  256: 6,
  512: 4,
};
const LARGEST_BATCH = 8;

export interface TextBatch {
  readonly seqLen: number;
  readonly lengths: readonly number[];
  /** Weight of each of its texts. */
  readonly weight: number;
  readonly inputs: TokenInputs;
}

/** @param counts texts by sequence length. @param seed of the texts: other seeds give other texts. */
export function calibrationTexts(
  tokenizer: Tokenizer,
  seed: string,
  counts: Readonly<Record<number, number>> = CALIBRATION_LENGTHS,
): TextBatch[] {
  const task = loadTask('reviews', null);
  return Object.entries(counts).flatMap(([length, count]) => {
    const seqLen = Number(length);
    const documents = composeDocuments(task, tokenizer, { mode: 'full', seqLen, count, seed });
    const batches = Math.ceil(count / LARGEST_BATCH);
    return Array.from({ length: batches }, (_, index): TextBatch => {
      const own = documents.slice(index * LARGEST_BATCH, (index + 1) * LARGEST_BATCH);
      const lengths = own.map(({ ids }) => ids.length);
      return { seqLen, lengths, weight: 1 / count, inputs: toBatch(own, tokenizer.padId) };
    });
  });
}
