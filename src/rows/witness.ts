// That speed and accuracy belong to one graph: after the timed calls, and again in the accuracy pass, every variant
// answers one text more, the witness, as a batch of one. Weights live in files that several processes read at
// different times, and a graph that answers differently there is not the one that was timed. The witness is the same
// text for all batch sizes and thread counts that share an accuracy pass; its logits are compared as numbers, since
// threads may cut sums differently (they do not on the CPU provider of 1.30: bits were equal for 1 to 3 threads).
import type { AccuracyBlock, TimeBlock } from '../core/schema/block.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Group } from '../core/schema/group.ts';

/** Largest difference of a logit that rounding may make: the bound that the goldens are held to, too. */
const TOLERANCE: Readonly<Record<Group['precision'], number>> = {
  fp32: 1e-4,
  'as-is': 1e-4,
};

/** Empty where either side has no witness (no accuracy to measure, a pass that failed), or another text. */
export function witnessDoubts(
  id: string,
  blocks: readonly TimeBlock[],
  accuracy: AccuracyBlock | undefined,
): Doubt[] {
  const expected = accuracy?.variants.find((variant) => variant.id === id)?.witnessLogits;
  if (accuracy === undefined || expected === undefined) return [];
  const differences = blocks.flatMap(({ variants, witnessDigest }) => {
    const own = variants.find((variant) => variant.id === id)?.witnessLogits;
    return own === undefined || witnessDigest !== accuracy.witnessDigest ? [] : [distance(own, expected)];
  });
  const tolerance = TOLERANCE[accuracy.group.precision];
  const wrong = differences.filter((difference) => !(difference <= tolerance));
  if (wrong.length === 0) return [];
  const [few, all] = [wrong.length, differences.length];
  return [
    {
      code: 'witness-mismatch',
      message: `the timed graph of ${id} and that of the accuracy pass answer the same text with logits that differ by ${Math.max(...wrong).toPrecision(2)} (in ${few} of ${all} blocks)`,
      advice:
        'a weight or graph file changed during the run: npm run models -- build --fresh, and measure again',
    },
  ];
}

/** Infinity if they are not even as many. */
function distance(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Infinity;
  return Math.max(...left.map((logit, index) => Math.abs(logit - (right[index] ?? NaN))));
}
