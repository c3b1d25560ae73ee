// Measures some groups of a finished run again, in fresh processes, into a folder of their own inside that run:
// <run>/confirm-1, confirm-2, ... It refuses, with the reason, where the fresh numbers would be of something else:
// another machine, or a checkout that would measure other code, models, texts or settings than the run did.
import { basename, dirname } from 'node:path';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { BenchError, messageOf } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import type { Group } from '../core/schema/group.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { Run } from '../core/schema/run.ts';
import type { Summary } from '../core/schema/summary.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { planSchema, tokensOf, type Plan, type PlannedGroup } from '../plan/plan.ts';
import { sum } from '../stats/samples.ts';
import { RunFolder } from '../store/runFolder.ts';
import { benchRun } from './benchRun.ts';
import type { Launch } from './spawn.ts';
import { Workbench, type Sources } from './workbench.ts';

export interface ConfirmRequest {
  /** What the user named: the run's folder, or the summary.json in it. */
  readonly path: string;
  readonly next: Summary;
  readonly groups: readonly Group[];
  /** Blocks per group; null: as many as the run has of the group that has most. */
  readonly blocks: number | null;
  /** This machine. */
  readonly machine: Machine;
  readonly gitCommit: string | null;
  readonly sourcesOf: (plan: Plan) => Sources | Promise<Sources>;
  readonly signal: AbortSignal;
  /** Worker processes in a run; scripted ones under test. */
  readonly launch?: Launch;
}

export type Confirmed =
  | { readonly outcome: 'measured'; readonly summary: Summary; readonly dir: string }
  | { readonly outcome: 'impossible'; readonly why: string };

export async function confirmRun(request: ConfirmRequest): Promise<Confirmed> {
  const { next, machine, groups, signal, launch } = request;
  try {
    const folder = folderOf(request.path);
    if (next.run.machine.fingerprint !== machine.fingerprint) {
      return impossible(`the run is of ${next.run.machine.label}, this is ${machine.label}`);
    }
    const plan = planOf(next, groups, request.blocks);
    const sources = await request.sourcesOf(plan);
    const other = await otherDefinition(folder, plan, sources);
    if (other !== null) return impossible(other);
    const { fresh, id } = freshFolder(folder);
    const run = recordOf(request, plan, id);
    fresh.beginRun(run);
    const finished = await benchRun({
      ...{ folder: fresh, run, plan, sources, signal },
      ...(launch === undefined ? {} : { launch }),
    });
    if (finished.interrupted) return impossible('the rerun was interrupted');
    return { outcome: 'measured', summary: finished.summary, dir: fresh.dir };
  } catch (thrown) {
    // A gate that cannot look again still has its candidates to report.
    if (thrown instanceof BenchError) return impossible(messageOf(thrown));
    throw thrown;
  }
}

function impossible(why: string): Confirmed {
  return { outcome: 'impossible', why };
}

function folderOf(path: string): RunFolder {
  const dir = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
  if (!existsSync(`${dir}/blocks`)) throw new BenchError(`${dir} holds no blocks, only a summary`);
  return RunFolder.open(dirname(dir), basename(dir));
}

/** The run's own plan, less the other groups and what says nothing about time. */
function planOf(next: Summary, groups: readonly Group[], wanted: number | null): Plan {
  const stored = planSchema.safeParse(next.run.plan);
  if (!stored.success) throw new BenchError(`run ${next.run.id} holds a plan that this version cannot read`);
  const plan = stored.data;
  const keys = new Set(groups.map(groupKey));
  const chosen = plan.groups.filter(({ group }) => keys.has(groupKey(group)));
  const rows = next.rows.filter((row) => keys.has(groupKey(row)));
  const blocks = wanted ?? Math.max(2, ...rows.map(({ blockMedianMs }) => blockMedianMs.length));
  const share = (weight(chosen) * blocks) / (weight(plan.groups) * plan.blocks);
  return {
    ...plan,
    groups: chosen,
    blocks,
    interval: null,
    costs: 'none',
    scenarios: [],
    accuracyExamples: Math.min(ACCURACY_EXAMPLES, plan.accuracyExamples ?? ACCURACY_EXAMPLES),
    timeBudgetSeconds:
      FIXED_SECONDS + Math.max(LEAST_SECONDS, share * (plan.timeBudgetSeconds - FIXED_SECONDS)),
  };
}

/** Accuracy is compared exactly and needs no second look; one batch keeps the answers checked. */
const ACCURACY_EXAMPLES = 16;
const LEAST_SECONDS = 5;
/** What a run of any size keeps back for its rows, and profiles. */
const FIXED_SECONDS = 10;

/** As the time of a run is dealt out (timePlan.ts). */
function weight(groups: readonly PlannedGroup[]): number {
  return sum(groups.map(({ group }) => Math.sqrt(tokensOf(group))));
}

/** Why this checkout would measure something else; null if it would not. */
async function otherDefinition(folder: RunFolder, plan: Plan, sources: Sources): Promise<string | null> {
  const workbench = new Workbench(plan, sources);
  const stored = folder.scan().stored.map(({ block }) => block);
  for (const { group, variants } of plan.groups) {
    const key = groupKey(group);
    const own = stored.find((block) => block.kind === 'time' && groupKey(block.group) === key);
    if (own === undefined) return `${key} has no stored time block`;
    const { definition } = await workbench.prepare({ kind: 'time', group, variants, block: 0 });
    if (definition !== own.definition) {
      return `this checkout would not measure what the run measured in ${key}: its measuring code, models, texts or settings differ`;
    }
  }
  return null;
}

function freshFolder(folder: RunFolder): { fresh: RunFolder; id: string } {
  const taken = new Set(readdirSync(folder.dir));
  let count = 1;
  while (taken.has(`confirm-${count}`)) count++;
  const id = `confirm-${count}`;
  return { fresh: RunFolder.named(folder.dir, id), id };
}

function recordOf({ next, machine, gitCommit }: ConfirmRequest, plan: Plan, id: string): Run {
  return {
    schemaVersion: SCHEMA_VERSION,
    id: `${next.run.id}-${id}`,
    startedAt: new Date().toISOString(),
    finishedAt: null,
    status: 'running',
    command: `npm run compare (measuring candidates of ${next.run.id} again)`,
    suite: plan.suite,
    plan,
    gitCommit,
    machine,
    target: next.run.target,
    doubts: [],
    shard: null,
    mergedFrom: [],
  };
}
