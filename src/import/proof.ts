// What an import proves before it is believed: ONNX Runtime loads the packed and the padded dense graph, and both give the
// same finite logits on a few sentences, alone and together. Whether they are the checkpoint's is for the parity tests.
import { BenchError } from '../core/errors.ts';
import { createSession } from '../runtime/session.ts';
import { toBatch, type SequenceIds } from '../text/batch.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

export interface ProofGraphs {
  readonly packed: { readonly path: string };
  readonly padded: { readonly path: string };
}

/** Largest difference that still counts as equal, for logits of the order of one. */
export const TOLERANCE = 1e-4;

const SENTENCES: readonly (readonly [string, string?])[] = [
  ['Fine.'],
  ['The plot is thin, but the two leads are a joy to watch.'],
  ['Is this the same as that?', 'It is not: the first one was longer, and far better told.'],
  [
    'A slow, tedious and badly lit film that never finds out what it wants to be about, however long it looks.',
  ],
];

/** @returns the largest difference of a logit. @throws BenchError if it is above TOLERANCE. */
export async function prove(
  graphs: ProofGraphs,
  tokenizer: Tokenizer,
  maxPositions: number,
): Promise<number> {
  const texts = SENTENCES.map(([text, pair]) => tokenizer.encode(text, pair)).filter(
    ({ ids }) => ids.length <= maxPositions,
  );
  const batches = [...texts.map((text) => [text]), texts].filter((batch) => batch.length > 0);
  const packed = await logitsOf(graphs.packed, batches, tokenizer.padId);
  const padded = await logitsOf(graphs.padded, batches, tokenizer.padId);
  const differences = packed.map(
    (logit, i) => Math.abs(logit - (padded[i] ?? NaN)) / Math.max(1, Math.abs(logit)),
  );
  const worst = Math.max(0, ...differences);
  if (worst <= TOLERANCE && differences.every(Number.isFinite)) return worst;
  throw new BenchError(
    `the packed and the padded graph differ by ${worst.toExponential(1)} in a logit`,
    'the checkpoint is damaged, or the program is wrong about its architecture: please report it',
  );
}

async function logitsOf(
  graph: { readonly path: string },
  batches: readonly (readonly SequenceIds[])[],
  padId: number,
): Promise<number[]> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const logits: number[] = [];
  try {
    for (const batch of batches)
      logits.push(...(await session.run(session.prepare(toBatch(batch, padId)))).logits);
  } finally {
    await session.release();
  }
  return logits;
}
