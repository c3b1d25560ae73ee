// The costs of a row, from the cost block of its variant: what it takes to load and to hold it, and the energy of a
// sequence. None of it enters latency or throughput.
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import type { CostBlock, Costs } from '../core/schema/cost.ts';
import type { Group } from '../core/schema/group.ts';

/** Null without a cost block of this variant in this very group. @param id variant key. */
export function costsOf(blocks: readonly Block[], group: Group, id: string): Costs | null {
  const key = groupKey(group);
  const own = blocks
    .filter((block) => block.kind === 'cost')
    .find((block) => block.id === id && groupKey(block.group) === key);
  return own === undefined ? null : costs(own);
}

function costs(block: CostBlock): Costs {
  const { loadMs, firstRunMs, newShapeRunMs, peakRssBytes, rssBeforeBytes, deviceMemoryBytes } = block;
  const { energy, energyReason } = block;
  return {
    loadMs,
    firstRunMs,
    newShapeRunMs,
    peakRssBytes,
    addedRssBytes: Math.max(0, peakRssBytes - rssBeforeBytes),
    deviceMemoryBytes,
    energyPerSequenceJoules: energy === null ? null : energy.joules / energy.sequences,
    watts: energy === null ? null : energy.joules / energy.seconds,
    idleWatts: energy?.idleWatts ?? null,
    energySource: energy?.source ?? null,
    energyReason,
    disturbances: [...new Set(block.doubts.map(({ code }) => code))],
  };
}
