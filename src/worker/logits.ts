// What a session answered, made comparable: finite, equal to the bit, and as one digest per variant.
import { createHash } from 'node:crypto';

/** @param input index of the batch, for the message. */
export function checkFinite(logits: Float32Array, input: number): void {
  const index = logits.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw new Error(`logit ${index} of input batch ${input} is ${String(logits[index])}`);
}

/** Bitwise, so that -0 and 0 differ. */
export function sameBits(left: Float32Array, right: Float32Array): boolean {
  return bytesOf(left).equals(bytesOf(right));
}

/** sha256 over the logits (float32, this machine's byte order) of each input batch, in input order. */
export function digestOf(answers: readonly Float32Array[]): string {
  const hash = createHash('sha256');
  for (const logits of answers) hash.update(bytesOf(logits));
  return hash.digest('hex');
}

/** What each sequence was answered: the index of its largest logit (the first of equals); the value of a single one. */
export function predictionsOf(logits: Float32Array, classes: number): number[] {
  if (classes === 1) return Array.from(logits);
  return Array.from({ length: logits.length / classes }, (_, sequence) => {
    const row = logits.subarray(sequence * classes, (sequence + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
