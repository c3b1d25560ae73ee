// How precise the ratios of a group are so far: what decides whether it gets further blocks.
import { groupKey, variantKey } from '../core/keys.ts';
import type { Block, TimeBlock } from '../core/schema/block.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Group, Interval, Variant } from '../core/schema/group.ts';
import { noiseFloor, speedup } from './timing.ts';

/** Half of an interval's width, relative to its centre. */
export function halfWidth({ median, low, high }: Interval): number {
  return (high - low) / 2 / median;
}

/**
 * The widest of a group: the half-widths of every ratio to a dense graph, and the noise floor. Null without two
 * blocks, whose intervals would say nothing about how processes differ.
 */
export function widthOf(
  { group, variants }: { readonly group: Group; readonly variants: readonly Variant[] },
  blocks: readonly Block[],
): number | null {
  const key = groupKey(group);
  const time = blocks
    .filter((block): block is TimeBlock => block.kind === 'time' && groupKey(block.group) === key)
    .sort((a, b) => a.block - b.block);
  const [last] = time.slice(-1);
  if (last === undefined || time.length < 2) return null;
  const known = widths.get(last);
  if (known?.time.length === time.length && known.time.every((block, index) => block === time[index]))
    return known.width;
  const width = widest(time, variants.map(variantKey));
  widths.set(last, { time, width });
  return width;
}

/** By the last block of a group. Asked for every group before every step, and only one group has changed by then. */
const widths = new WeakMap<TimeBlock, { readonly time: readonly TimeBlock[]; readonly width: number }>();

function widest(time: readonly TimeBlock[], ids: readonly string[]): number {
  const ratios = ids.flatMap((id) =>
    ['dense', 'dense-padded'].flatMap((baseline) => {
      const interval = ids.includes(baseline) ? speedup(time, id, baseline) : null;
      return interval === null ? [] : [halfWidth(interval)];
    }),
  );
  return Math.max(noiseFloor(time)?.floor ?? 0, ...ratios);
}

/** Says that the interval of a ratio is wider than the plan wanted. @param wanted half-width; null: none was wanted. */
export function imprecisionDoubts(speedup: Interval | null, wanted: number | null): Doubt[] {
  if (speedup === null || wanted === null || halfWidth(speedup) <= wanted) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    {
      code: 'imprecise',
      message: `its ratio to dense is known to ±${percent(halfWidth(speedup))}, not to the ±${percent(wanted)} asked for`,
      advice: 'raise --time-budget, or use a quieter machine',
    },
  ];
}
