// The witness in the worker processes: rows/witness.ts says what it is for.
import { messageOf } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import type { LoadedVariant } from './sessions.ts';
import type { Failure, TimeJob } from './job.ts';

export function witnessDigest(witness: readonly number[] | undefined): { witnessDigest?: string } {
  return witness === undefined ? {} : { witnessDigest: sha256Hex(witness.join(' ')) };
}

/** Asks every session, and in a time block after the last timed call: the new shape must not disturb any. */
export async function withWitness<V extends { readonly id: string }>(
  { witness, witnessTypeOneFrom }: Pick<TimeJob, 'witness' | 'witnessTypeOneFrom'>,
  variants: readonly V[],
  loaded: readonly LoadedVariant[],
  failures: Failure[],
): Promise<(V & Pick<BlockVariant, 'witnessLogits'>)[]> {
  if (witness === undefined) return [...variants];
  const text = { ids: witness, typeOneFrom: witnessTypeOneFrom ?? witness.length };
  const answered: (V & Pick<BlockVariant, 'witnessLogits'>)[] = [];
  for (const variant of variants) {
    const session = loaded.find(({ id }) => id === variant.id);
    try {
      answered.push(
        session === undefined ? variant : { ...variant, witnessLogits: await session.answer(text) },
      );
    } catch (thrown) {
      answered.push(variant);
      failures.push({ phase: 'measure', variants: [variant.id], reason: messageOf(thrown) });
    }
  }
  return answered;
}
