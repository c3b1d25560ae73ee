// The summary of a run: its record, and the rows that its blocks amount to.
import { AGAIN_ID } from '../core/keys.ts';
import { SCHEMA_VERSION, type Block, type Run, type Summary } from '../core/schema.ts';
import { makeRows, type WantedGroup } from '../measure/rows.ts';
import type { Plan } from '../plan/plan.ts';
import { accuracyGroup, type Step } from '../plan/steps.ts';

/** Provider name -> why it cannot be used here. */
export type Obstacles = ReadonlyMap<string, string>;

export function wantedGroups(plan: Plan, obstacles: Obstacles): WantedGroup[] {
  return plan.groups.map((planned) => wantedGroup(planned, plan, obstacles));
}

export function wantedGroup(
  { group, variants }: Pick<Step, 'group' | 'variants'>,
  plan: Plan,
  obstacles: Obstacles,
): WantedGroup {
  return {
    group,
    variants,
    accuracyGroup: accuracyGroup(group, plan.accuracyThreads),
    obstacle: obstacles.get(group.provider) ?? null,
  };
}

export function summarise(run: Run, plan: Plan, obstacles: Obstacles, blocks: readonly Block[]): Summary {
  return {
    schemaVersion: SCHEMA_VERSION,
    run,
    ...makeRows(wantedGroups(plan, obstacles), blocks),
    scenarios: [],
    harness: null,
    validity: null,
  };
}

/** Whether anything that was wanted is missing: a row, or a block behind one. */
export function hasFailures(summary: Summary, blocks: readonly Block[]): boolean {
  const failed = (block: Block): boolean =>
    block.kind === 'failed' && !(block.variants.length === 1 && block.variants[0] === AGAIN_ID);
  return summary.rows.some(({ status }) => status !== 'ok') || blocks.some(failed);
}
