// What all kinds of block have in common: the group's sessions, loaded one after another so that a failure names its
// variant, and the input batches, each session's in the shapes that its graph takes.
import { messageOf } from '../core/errors.ts';
import {
  createSession,
  type EncoderOutput,
  type EncoderSession,
  type SessionSettings,
} from '../runtime/session.ts';
import type { Answered } from './outputLabels.ts';
import { toBatch, type SequenceIds } from '../text/batch.ts';
import type { Announce, Failure, Job, WantedGraph } from './job.ts';

export interface LoadedVariant {
  readonly id: string;
  readonly loadMs: number;
  /** Threads that appeared while it was loaded; null where they cannot be counted. */
  readonly threadsStarted: number | null;
  /** The number of tokens that its graph takes, if that is fixed: shorter texts are padded to it. */
  readonly fixedLength: number | null;
  /** Logits of one text more, as a batch of its own. */
  answer(text: SequenceIds): Promise<number[]>;
  /** One call on the input batch of that index. */
  readonly run: (input: number) => Promise<EncoderOutput>;
  /** As `run`, not to be timed: a graph that cannot take the batch as it is gets it in pieces. */
  readonly answers: (input: number) => Promise<Answered>;
  endProfiling(): string;
  release(): Promise<void>;
}

/** Null, with the failure noted, if the session cannot be made. */
export async function loadVariant(
  job: Job,
  { id, graph, reading }: WantedGraph,
  announce: Announce,
  failures: Failure[],
  extra: Partial<SessionSettings> = {},
): Promise<LoadedVariant | null> {
  announce('load', id);
  const { provider, threads } = job.group;
  try {
    const session = await createSession({ path: graph, reading }, { provider, threads, ...extra });
    return { id, ...loadedOf(session, job) };
  } catch (thrown) {
    failures.push({ phase: 'load', variants: [id], reason: messageOf(thrown) });
    return null;
  }
}

function loadedOf(session: EncoderSession, job: Job): Omit<LoadedVariant, 'id'> {
  const { takes, loadMs, threadsStarted } = session;
  const texts = textsOf(job);
  const whole = takes.batch === null && takes.padding;
  const fed = job.kind === 'accuracy' && !whole ? [] : texts; // pieces make their own
  const feeds = fed.map((batch) => session.prepare(toBatch(batch, job.padId, takes.length ?? 0)));
  const run: LoadedVariant['run'] = (input) => session.run(at(feeds, input));
  return {
    ...{ loadMs, threadsStarted, fixedLength: takes.length, run },
    answer: async (text) => Array.from((await answerInPieces(session, [text], job.padId)).logits),
    answers: whole ? run : (input) => answerInPieces(session, at(texts, input), job.padId),
    endProfiling: () => session.endProfiling(),
    release: () => session.release(),
  };
}

function at<T>(batches: readonly T[], input: number): T {
  const found = batches[input];
  if (found === undefined) throw new RangeError(`no input batch ${input}`);
  return found;
}

function textsOf({ inputs, typeOneFrom }: Pick<Job, 'inputs' | 'typeOneFrom'>): SequenceIds[][] {
  return inputs.map((sequences, input) =>
    sequences.map((ids, index) => ({ ids, typeOneFrom: typeOneFrom?.[input]?.[index] ?? ids.length })),
  );
}

/**
 * Answers of a graph that cannot take a batch as it is: one of a fixed batch size, or one without a mask, which would
 * read padding as text. For what is not timed: a timing of pieces would not be one of the batch. The last piece is
 * filled up with its last text, whose further answers are dropped.
 */
async function answerInPieces(
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
