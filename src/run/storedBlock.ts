// Whether a block that an earlier execution has left still holds. It does not if something else would be measured now,
// or if it went on without a variant because its process was killed: that may have been an accident, so going on with
// the run tries again. A variant that failed by itself (its graph, its answers) would only fail again.
import { groupKey, variantKey } from '../core/keys.ts';
import type { Block, FailedBlock } from '../core/schema/block.ts';
import type { Step } from '../plan/steps.ts';
import { nameOf } from '../store/blockNames.ts';

/** How a process ends that nobody meant to end. */
const ACCIDENTS: readonly FailedBlock['phase'][] = ['timeout', 'memory', 'crash'];

/** What is wrong with a stored block of `step`; null if it holds. @param blocks all of the run, failures included. */
export function faultOf(
  stored: Block,
  step: Step,
  definition: string,
  blocks: readonly Block[],
): string | null {
  if (stored.definition !== definition) return 'is of another definition';
  const measured = idsOf(stored);
  if (measured === null) return null;
  const excused = blocks
    .filter((block): block is FailedBlock => block.kind === 'failed' && isOf(block, step))
    .filter(({ phase }) => !ACCIDENTS.includes(phase))
    .flatMap(({ variants }) => variants);
  const lacking = step.variants
    .map(variantKey)
    .filter((id) => !measured.includes(id) && !excused.includes(id));
  return lacking.length === 0 ? null : `lacks ${lacking.join(', ')}`;
}

export function isOf(block: Block, step: Step): boolean {
  const { kind, block: number } = nameOf(block);
  return kind === step.kind && number === step.block && groupKey(block.group) === groupKey(step.group);
}

/** Null of a block that is there for one variant as a whole. */
function idsOf(block: Block): string[] | null {
  switch (block.kind) {
    case 'time':
    case 'profile':
    case 'accuracy':
      return block.variants.map(({ id }) => id);
    case 'load':
      return block.scenarios.length === 0
        ? null
        : block.scenarios.flatMap(({ variants }) => variants.map(({ id }) => id));
    case 'cost':
    case 'peer':
    case 'failed':
      return null;
  }
}
