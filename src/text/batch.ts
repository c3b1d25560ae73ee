// Documents as the three integer tensors that a BERT graph reads, padded to the longest of their batch.
import { BenchError } from '../core/errors.ts';
import type { Document } from './document.ts';

export type SequenceIds = Pick<Document, 'ids'> & Partial<Pick<Document, 'typeOneFrom'>>;

/** Row-major (batch, length). */
export interface TokenBatch {
  readonly inputIds: BigInt64Array;
  /** 1 for a real token, 0 for padding. */
  readonly attentionMask: BigInt64Array;
  readonly tokenTypeIds: BigInt64Array;
  readonly batch: number;
  /** Tokens of the longest document. */
  readonly length: number;
  /** Real tokens of each document. */
  readonly lengths: readonly number[];
}

/**
 * @param documents without typeOneFrom where all tokens are of type 0.
 * @param leastLength for graphs of a fixed length: columns that there are at least.
 */
export function toBatch(documents: readonly SequenceIds[], padId: number, leastLength = 0): TokenBatch {
  const lengths = documents.map(({ ids }) => ids.length);
  const length = Math.max(leastLength, ...lengths);
  if (documents.length === 0 || lengths.includes(0))
    throw new RangeError('a batch needs documents, each of at least one token');
  const slots = documents.length * length;
  const inputIds = new BigInt64Array(slots).fill(BigInt(padId));
  const attentionMask = new BigInt64Array(slots);
  const tokenTypeIds = new BigInt64Array(slots);
  documents.forEach(({ ids, typeOneFrom = ids.length }, row) => {
    ids.forEach((id, column) => (inputIds[row * length + column] = BigInt(id)));
    attentionMask.fill(1n, row * length, row * length + ids.length);
    tokenTypeIds.fill(1n, row * length + Math.min(typeOneFrom, ids.length), row * length + ids.length);
  });
  return { inputIds, attentionMask, tokenTypeIds, batch: documents.length, length, lengths };
}

/** Batches of exactly `batch` documents, in order; a smaller rest would time another size and is left out. */
export function timedBatches(documents: readonly Document[], batch: number, padId: number): TokenBatch[] {
  if (documents.length < batch) {
    throw new BenchError(
      `${documents.length} documents do not fill a batch of ${batch}`,
      'ask for a smaller --batch-sizes',
    );
  }
  return slices(documents, batch)
    .filter((slice) => slice.length === batch)
    .map((slice) => toBatch(slice, padId));
}

function slices<T>(items: readonly T[], size: number): T[][] {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`batch size ${size}`);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
