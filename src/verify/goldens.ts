// Whether a zoo graph computes what PyTorch computed: every recorded text through the graph, logits and kept
// tokens against the trainer's record in test/golden/<model>/<method>.json.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { EXIT, BenchError } from '../core/errors.ts';
import { variantKey } from '../core/keys.ts';
import { repoRoot } from '../core/root.ts';
import type { Variant } from '../core/schema/group.ts';
import { ensureGraph } from '../zoo/graphCache.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { createSession } from '../runtime/session.ts';

const recordSchema = z.object({
  point: z.string().nullish(),
  examples: z.array(
    z.object({
      inputIds: z.array(z.number().int()),
      logits: z.array(z.number()),
      keptTokens: z.array(z.number().int()),
    }),
  ),
});
export type GoldenExample = z.infer<typeof recordSchema>['examples'][number];

/** Largest difference of a logit that still counts as equal. */
export const LOGIT_TOLERANCE = 1e-4;

export interface Verification {
  readonly texts: number;
  readonly largestDifference: number;
}

/** The recorded examples of a variant, or null if there is no record. */
export function goldenExamples(entry: ModelEntry, variant: Variant): readonly GoldenExample[] | null {
  if (entry.origin !== 'shipped') return null; // whatever its name
  const method = variant.method === 'dense-padded' ? 'dense' : variant.method;
  const path = join(repoRoot(), 'test/golden', entry.name, `${method}.json`);
  if (!existsSync(path)) return null;
  const record = readJson(path, recordSchema, 'the golden record');
  return (record.point ?? variant.point) === variant.point ? record.examples : null;
}

/**
 * Runs all recorded texts, alone and in ragged batches.
 * @returns null if nothing is recorded. @throws BenchError at the first difference.
 */
export async function verifyVariant(entry: ModelEntry, variant: Variant): Promise<Verification | null> {
  const examples = goldenExamples(entry, variant);
  if (examples === null) return null;
  const graph = await ensureGraph(entry, variant);
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  let largestDifference = 0;
  try {
    for (const batch of batchesOf(examples)) {
      const output = await session.run(session.prepare(padded(batch)));
      for (const [index, example] of batch.entries()) {
        const where = `${entry.name} ${variantKey(variant)}, text of ${example.inputIds.length} tokens`;
        largestDifference = Math.max(largestDifference, compare(output, index, example, where));
      }
    }
  } finally {
    await session.release();
  }
  return { texts: examples.length, largestDifference };
}

/** Each alone, then 2, 7 and 32 of the short ones, then all: every way that attention may be computed. */
function batchesOf(examples: readonly GoldenExample[]): (readonly GoldenExample[])[] {
  const short = examples.filter((example) => example.inputIds.length <= 64);
  const cycled = (count: number) =>
    Array.from({ length: count }, (_, i) => short[i % short.length]).filter((one) => one !== undefined);
  return [...examples.map((example) => [example]), cycled(2), cycled(7), cycled(32), examples].filter(
    (batch) => batch.length > 0,
  );
}

type Output = Awaited<ReturnType<Awaited<ReturnType<typeof createSession>>['run']>>;

function compare(output: Output, index: number, example: GoldenExample, where: string): number {
  const kept = example.keptTokens.map((_, layer) => Number(output.keptTokens[layer * output.batch + index]));
  if (kept.join() !== example.keptTokens.join()) {
    throw mismatch(`${where}: kept tokens ${kept.join(' ')}, recorded ${example.keptTokens.join(' ')}`);
  }
  const differences = example.logits.map((logit, i) =>
    Math.abs(logit - (output.logits[index * output.classes + i] ?? NaN)),
  );
  const worst = Math.max(...differences);
  if (!(worst <= LOGIT_TOLERANCE)) {
    throw mismatch(`${where}: a logit differs from the record by ${worst.toExponential(1)}`);
  }
  return worst;
}

function mismatch(message: string): BenchError {
  return new BenchError(message, 'rebuild with `npm run models -- build --fresh`', {
    exitCode: EXIT.failedCells,
  });
}

/** Examples as one right-padded batch. */
function padded(examples: readonly GoldenExample[]) {
  const batch = examples.length;
  const length = Math.max(...examples.map((example) => example.inputIds.length));
  const inputIds = new BigInt64Array(batch * length);
  const attentionMask = new BigInt64Array(batch * length);
  for (const [row, example] of examples.entries()) {
    for (const [column, id] of example.inputIds.entries()) {
      inputIds[row * length + column] = BigInt(id);
      attentionMask[row * length + column] = 1n;
    }
  }
  return { inputIds, attentionMask, tokenTypeIds: new BigInt64Array(batch * length), batch, length };
}
