// Answers of a graph that cannot take a batch as it is: one of a fixed batch size, or one without a mask, which would
// read padding as text. For what is not timed: a timing of pieces would not be one of the batch.
import type { Answered } from './outputLabels.ts';
import type { EncoderSession } from '../runtime/session.ts';
import { toBatch, type SequenceIds } from '../text/batch.ts';

/** The last piece is filled up with its last text, whose further answers are dropped. */
export async function answerInPieces(
  session: Pick<EncoderSession, 'takes' | 'prepare' | 'run'>,
  texts: readonly SequenceIds[],
  padId: number,
): Promise<Answered> {
  const { batch, length, padding } = session.takes;
  const size = batch ?? (padding ? texts.length : 1);
  const logits: number[] = [];
  let classes = 0;
  for (let start = 0; start < texts.length; start += size) {
    const piece = texts.slice(start, start + size);
    const filled = Array.from({ length: size }, (_, index) => piece[Math.min(index, piece.length - 1)]);
    const feeds = session.prepare(toBatch(filled.filter(isThere), padId, length ?? 0));
    const output = await session.run(feeds);
    ({ classes } = output);
    logits.push(...output.logits.subarray(0, piece.length * classes));
  }
  return { logits: Float32Array.from(logits), classes };
}

function isThere<T>(item: T | undefined): item is T {
  return item !== undefined;
}
