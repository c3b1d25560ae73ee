// The order of work. Every group gets its first block, its profile and its accuracy before any group gets a second
// block, so that a run that is stopped early has a row for each; after that the groups take turns, so that a busy
// spell of the machine falls on all of them alike.
import { groupKey } from '../core/keys.ts';
import type { TextMode } from '../core/names.ts';
import type { BlockKind } from '../core/schema/block.ts';
import type { Group, Variant } from '../core/schema/group.ts';
import { tokensOf, type Plan, type PlannedGroup } from './plan.ts';

export interface Step {
  readonly kind: BlockKind;
  readonly group: Group;
  readonly variants: readonly Variant[];
  /** Which repetition of a time or load block; of a cost block the index of its variant in the group; else 0. */
  readonly block: number;
  /** Why the group has no accuracy to measure. */
  readonly noAccuracy?: string | undefined;
  /** Texts that the group's accuracy is measured on, where they are not those of `group`. */
  readonly accuracyText?: TextMode | undefined;
}

export function stepsOf(plan: Plan): Step[] {
  const steps: Step[] = [];
  const accuracies = new Set<string>();
  for (const planned of plan.groups) {
    steps.push({ kind: 'time', ...planned, block: 0 }, { kind: 'profile', ...planned, block: 0 });
    if (planned.noAccuracy !== undefined) continue;
    const accuracy = accuracyGroup(planned.group, plan.accuracyThreads, planned.accuracyText);
    if (accuracies.has(groupKey(accuracy))) continue;
    accuracies.add(groupKey(accuracy));
    steps.push({ kind: 'accuracy', group: accuracy, variants: planned.variants, block: 0 });
  }
  steps.push(...costSteps(plan), ...loadSteps(plan));
  for (let block = 1; block < fixedBlocks(plan); block++) {
    steps.push(...plan.groups.map((planned: PlannedGroup): Step => ({ kind: 'time', ...planned, block })));
  }
  return steps;
}

/** Before an interval is asked whether it is narrow enough: fewer blocks say too little about themselves. */
const LEAST_BLOCKS = 5;

/** Time blocks that every group gets; with an interval the schedule adds those that are needed. */
function fixedBlocks({ blocks, interval }: Plan): number {
  return interval === null ? blocks : Math.min(LEAST_BLOCKS, blocks);
}

/** One process a variant, for the groups that the plan's `costs` names; of a shard those that the whole plan has. */
function costSteps({ groups, whole, costs }: Plan): Step[] {
  const largest = new Set(largestOfEachKind(whole ?? groups).map(({ group }) => groupKey(group)));
  const chosen = groups.filter(
    ({ group }) => costs === 'all' || (costs === 'largest' && largest.has(groupKey(group))),
  );
  return chosen.flatMap(({ group, variants }) =>
    variants.map((variant, block): Step => ({ kind: 'cost', group, variants: [variant], block })),
  );
}

/** The group with the most tokens among those that differ only in length and batch: it needs the most memory. */
function largestOfEachKind(groups: readonly PlannedGroup[]): PlannedGroup[] {
  const largest = new Map<string, PlannedGroup>();
  for (const planned of groups) {
    const kind = groupKey({ ...planned.group, batch: 1, seqLen: 8 });
    const known = largest.get(kind);
    if (known === undefined || tokensOf(planned.group) > tokensOf(known.group)) largest.set(kind, planned);
  }
  return [...largest.values()];
}

function loadSteps({ groups, scenarios }: Plan): Step[] {
  if (scenarios.length === 0) return [];
  return groups.map((planned): Step => ({ kind: 'load', ...planned, block: 0 }));
}

/**
 * Accuracy depends neither on the batch size nor on the threads, so all groups that differ only in those share
 * one accuracy block, filed under this group.
 * @param text that it is measured on, if not the group's.
 */
export function accuracyGroup(group: Group, threads: number, text: TextMode = group.text): Group {
  return { ...group, text, threads, batch: group.seqLen > 128 ? 8 : 16 };
}

/** Distinct input batches per group: enough real text for the mean, few enough to warm up on each. */
export function inputCount(group: Group): number {
  return Math.min(8, Math.max(2, Math.round(2048 / tokensOf(group))));
}
