// A method at a point on a model, as the contract looks at it: graphs written for it, and what they answer on token ids
// that are made up.
import { join } from 'node:path';
import type { AttentionKernels } from '../../graphs/attention/kernels.ts';
import { writeGraph, type GraphSource, type PointSource } from '../../graphs/graphFiles.ts';
import type { Method } from '../../graphs/methods/contract.ts';
import { createSession, type EncoderSession } from '../../runtime/session.ts';
import { toBatch } from '../../text/batch.ts';

export interface Subject {
  readonly source: GraphSource;
  readonly method: Method;
  readonly point: PointSource | null;
  /** The point at which it must equal dense; null if it has none. */
  readonly neutral: PointSource | null;
  /** Largest difference of two logits that still counts as equal. */
  readonly tolerance: number;
  /** Where graphs and profiles are written. */
  readonly folder: string;
}

export interface Answer {
  /** Sequence by class. */
  readonly logits: readonly (readonly number[])[];
  /** Layer by sequence. */
  readonly kept: readonly (readonly number[])[];
  /** Layer by sequence; absent where [CLS] is protected. */
  readonly orphans?: readonly (readonly number[])[];
}

export async function openSession(
  { source, folder }: Pick<Subject, 'source' | 'folder'>,
  method: Method,
  point: PointSource | null,
  kernels: AttentionKernels,
  profile?: string,
): Promise<EncoderSession> {
  const options = { kernels, lastHiddenState: false, strengthInput: false };
  const graph = await writeGraph(folder, source, method, point, options);
  const settings = { provider: 'cpu', threads: 1 } as const;
  return createSession(
    graph,
    profile === undefined ? settings : { ...settings, profilePrefix: join(folder, profile) },
  );
}

/** @param columns of the rectangle, at least the longest sequence. */
export async function answer(
  session: EncoderSession,
  sequences: readonly (readonly number[])[],
  columns = 0,
): Promise<Answer> {
  const batch = toBatch(
    sequences.map((ids) => ({ ids })),
    0,
    columns,
  );
  const output = await session.run(session.prepare(batch));
  const { classes, layers } = output;
  const byLayer = (values: BigInt64Array): number[][] =>
    Array.from({ length: layers }, (_, layer) =>
      Array.from(values.subarray(layer * output.batch, (layer + 1) * output.batch), Number),
    );
  return {
    logits: sequences.map((_, row) => [...output.logits.subarray(row * classes, (row + 1) * classes)]),
    kept: byLayer(output.keptTokens),
    ...(output.orphans === undefined ? {} : { orphans: byLayer(output.orphans) }),
  };
}

/** Deterministic ids of the vocabulary, without its first two. */
export function madeUp(vocabSize: number, length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => 2 + ((i * 31 + seed * 47 + ((i * i) % 13)) % (vocabSize - 2)));
}

/** The largest difference of two answers' logits. NaN if one is no number. */
export function largestDifference(one: Answer['logits'], other: Answer['logits']): number {
  const differences = one.flatMap((logits, row) =>
    logits.map((logit, index) => Math.abs(logit - (other[row]?.[index] ?? NaN))),
  );
  return differences.some(Number.isNaN) ? NaN : Math.max(...differences);
}
