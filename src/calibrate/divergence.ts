// How far outputs are from dense's. No labels: what is asked of a pruned model is that it answers as the dense one
// does, which is less noisy than whether both are right, and holds for models of tasks that we have no labels of.
// Classes: Kullback-Leibler's KL(dense || pruned) of the outputs softened by a temperature of 3, times 9 (Hinton et al. 2015,
// section 2: soft targets). Without it the few examples that turn over decide alone, since a fine-tuned model is nearly
// certain of all others: top-k at 2x on SST-2 then reached 88.1 % of held-out sentences instead of 89.0 %. A single
// output (regression): the squared difference over the variance of dense's answers.

/** Row-major (examples, classes). */
export interface Outputs {
  readonly logits: Float32Array;
  readonly classes: number;
}

const TEMPERATURE = 3;

/** By example, in (softened) nats for classes; never negative. */
export function divergences(dense: Outputs, pruned: Outputs): number[] {
  const n = dense.logits.length / dense.classes;
  if (dense.classes === 1) return squaredDifferences(dense.logits, pruned.logits);
  return Array.from({ length: n }, (_, row) => {
    const p = logSoftmax(dense, row);
    const q = logSoftmax(pruned, row);
    const nats = p.reduce((sum, value, index) => sum + Math.exp(value) * (value - (q[index] ?? 0)), 0);
    return Math.max(0, nats) * TEMPERATURE ** 2;
  });
}

function squaredDifferences(dense: Float32Array, pruned: Float32Array): number[] {
  const mean = dense.reduce((sum, value) => sum + value, 0) / dense.length;
  const spread = dense.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dense.length;
  return Array.from(dense, (value, index) => (value - (pruned[index] ?? 0)) ** 2 / (spread || 1));
}

function logSoftmax({ logits, classes }: Outputs, row: number): number[] {
  const values = Array.from(
    logits.subarray(row * classes, (row + 1) * classes),
    (value) => value / TEMPERATURE,
  );
  const largest = Math.max(...values);
  const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return values.map((value) => value - largest - total);
}
