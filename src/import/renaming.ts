// From the names of a family's checkpoint to the names that the graphs use, by rules; the plain families differ in
// nothing else. What no rule knows is left over, and the import refuses it by name.
import { BenchError } from '../core/errors.ts';
import type { CanonicalTensor, Checkpoint, SourceTensor } from './architecture.ts';

/** Matched against the whole name; the first that matches decides. */
export interface NameRule {
  readonly pattern: RegExp;
  /** As in String.replace; null for a tensor that no classifier needs. */
  readonly name: string | null;
}

export interface Renamed {
  readonly tensors: readonly CanonicalTensor[];
  /** Names of the source. */
  readonly ignored: readonly string[];
}

/** Buffers that older versions of transformers wrote, of every family. */
const BUFFERS: NameRule = { pattern: /^(?:.*\.)?embeddings\.(?:position_ids|token_type_ids)$/, name: null };

/** @throws BenchError if two tensors get the same name. */
export function renamed(checkpoint: Checkpoint, rules: readonly NameRule[]): Renamed {
  const tensors = new Map<string, CanonicalTensor>();
  const ignored: string[] = [];
  for (const tensor of checkpoint.tensors.values()) {
    const name = canonicalName(tensor.name, rules);
    if (name === null) ignored.push(tensor.name);
    if (name === null || name === undefined) continue;
    const other = tensors.get(name);
    if (other !== undefined) {
      throw new BenchError(
        `${checkpoint.folder}: ${tensor.name} and ${other.from.join(' ')} both are ${name}`,
        'fetch the checkpoint anew',
      );
    }
    tensors.set(name, taken(name, tensor));
  }
  return { tensors: [...tensors.values()], ignored };
}

/** The source tensor under another name, its bytes as they are. */
export function taken(name: string, { name: from, dtype, shape, bytes }: SourceTensor): CanonicalTensor {
  return { name, dtype, shape, bytes, from: [from] };
}

/** Undefined if no rule knows it. */
function canonicalName(source: string, rules: readonly NameRule[]): string | null | undefined {
  const rule = [BUFFERS, ...rules].find(({ pattern }) => pattern.test(source));
  if (rule === undefined) return undefined;
  if (rule.name === null) return null;
  // Checkpoints that came from TensorFlow (bert-base-uncased is one) call a LayerNorm's parameters gamma and beta.
  return source
    .replace(rule.pattern, rule.name)
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}
