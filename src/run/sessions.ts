// What the three kinds of block have in common: the group's sessions, loaded one after another so that a failure
// names its variant, and the input batches.
import { messageOf } from '../core/errors.ts';
import { createSession, type EncoderOutput, type SessionSettings } from '../runtime/session.ts';
import { toBatch, type SequenceIds } from '../text/batch.ts';
import type { Failure, Task } from './task.ts';
import type { Announce } from './worker.ts';

export interface LoadedVariant {
  readonly id: string;
  readonly loadMs: number;
  /** Threads that appeared while it was loaded; null where they cannot be counted. */
  readonly threadsStarted: number | null;
  /** Logits of one text more, as a batch of its own. */
  answer(text: SequenceIds): Promise<number[]>;
  /** One call on the input batch of that index. */
  run(input: number): Promise<EncoderOutput>;
  endProfiling(): string;
  release(): Promise<void>;
}

export interface WantedGraph {
  readonly id: string;
  readonly graph: string;
}

/** Null, with the failure noted, if the session cannot be made. */
export async function loadVariant(
  task: Task,
  { id, graph }: WantedGraph,
  announce: Announce,
  failures: Failure[],
  extra: Partial<SessionSettings> = {},
): Promise<LoadedVariant | null> {
  announce('load', id);
  const { provider, threads } = task.group;
  try {
    const session = await createSession({ path: graph }, { provider, threads, ...extra });
    const feeds = tokenBatches(task).map((batch) => session.prepare(batch));
    return {
      id,
      loadMs: session.loadMs,
      threadsStarted: session.threadsStarted,
      answer: async (text) =>
        Array.from((await session.run(session.prepare(toBatch([text], task.padId)))).logits),
      run: (input) => {
        const feed = feeds[input];
        if (feed === undefined) throw new RangeError(`no input batch ${input}`);
        return session.run(feed);
      },
      endProfiling: () => session.endProfiling(),
      release: () => session.release(),
    };
  } catch (thrown) {
    failures.push({ phase: 'load', variants: [id], reason: messageOf(thrown) });
    return null;
  }
}

export function tokenBatches({
  inputs,
  typeOneFrom,
  padId,
}: Pick<Task, 'inputs' | 'typeOneFrom' | 'padId'>): ReturnType<typeof toBatch>[] {
  return inputs.map((sequences, input) =>
    toBatch(
      sequences.map((ids, index) => ({ ids, typeOneFrom: typeOneFrom?.[input]?.[index] ?? ids.length })),
      padId,
    ),
  );
}
