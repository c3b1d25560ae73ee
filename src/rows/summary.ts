// The summary of a run: its record, and the rows that its blocks amount to.
import { AGAIN_ID } from '../core/keys.ts';
import { validityOfRun } from '../core/validity.ts';
import type { Block } from '../core/schema/block.ts';
import type { Run } from '../core/schema/run.ts';
import type { Summary } from '../core/schema/summary.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { harnessCost } from './harness.ts';
import { scenarioRows, type WantedLoad } from './load/scenarioRows.ts';
import { makeRows, type WantedGroup } from './rows.ts';
import { settingsOver } from './settingsOver.ts';
import type { Plan, PlannedGroup } from '../plan/plan.ts';
import { settleScenarios } from '../plan/scenarios.ts';
import { accuracyGroup, type Step } from '../plan/steps.ts';

/** Provider name -> why it cannot be used here. */
export type Obstacles = ReadonlyMap<string, string>;

function wantedGroups(plan: Plan, obstacles: Obstacles): WantedGroup[] {
  return plan.groups.map((planned) => wantedGroup(planned, plan, obstacles));
}

type Wanted = Pick<Step, 'group' | 'variants' | 'noAccuracy' | 'accuracyText'> &
  Pick<PlannedGroup, 'accuracyThreads'>;

export function wantedGroup(
  { group, variants, accuracyThreads, noAccuracy, accuracyText }: Wanted,
  plan: Plan,
  obstacles: Obstacles,
): WantedGroup {
  return {
    group,
    variants,
    accuracyGroup: accuracyGroup(group, accuracyThreads ?? plan.accuracyThreads, accuracyText),
    obstacle: obstacles.get(group.provider) ?? null,
    noAccuracy,
    interval: plan.interval,
  };
}

function wantedLoads(plan: Plan, obstacles: Obstacles): WantedLoad[] {
  return plan.groups.map((planned) => ({
    ...wantedGroup(planned, plan, obstacles),
    scenarios: settleScenarios(
      plan.scenarios,
      planned.group,
      planned.accuracyThreads ?? plan.accuracyThreads,
    ),
  }));
}

export function summarise(run: Run, plan: Plan, obstacles: Obstacles, blocks: readonly Block[]): Summary {
  const { rows, noiseFloor } = makeRows(wantedGroups(plan, obstacles), blocks);
  const scenarios = scenarioRows(wantedLoads(plan, obstacles), blocks);
  return {
    schemaVersion: SCHEMA_VERSION,
    run,
    noiseFloor,
    rows,
    scenarios,
    harness: harnessCost(blocks),
    validity: validityOfRun(run, [...rows.filter(isOurs), ...scenarios]),
    settings: settingsOver(blocks),
  };
}

/** A run is not worth less because another program failed beside it. */
function isOurs({ method }: Summary['rows'][number]): boolean {
  return method !== 'peer';
}

/** Whether anything that was wanted is missing: a row, or a block behind one. */
export function hasFailures(summary: Summary, blocks: readonly Block[]): boolean {
  const failed = (block: Block): boolean =>
    block.kind === 'failed' &&
    block.of !== 'peer' &&
    !(block.variants.length === 1 && block.variants[0] === AGAIN_ID);
  const rows = [...summary.rows.filter(isOurs), ...summary.scenarios];
  return rows.some(({ status }) => status !== 'ok') || blocks.some(failed);
}
