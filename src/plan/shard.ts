// A part of a plan for one of several machines. A group never splits, for its ratios are taken inside it; groups that
// share an accuracy block stay together unless the parts would become too uneven, in which case the block is measured
// in each part and must come out the same. The parts of a plan are disjoint, together they are the plan, and which
// group falls into which part depends on the plan alone.
import { stableJson } from '../core/hash.ts';
import { groupKey } from '../core/keys.ts';
import type { Run } from '../core/schema/run.ts';
import { essenceOf } from './readyGraphs.ts';
import { tokensOf, type Plan, type PlannedGroup } from './plan.ts';
import { accuracyGroup, inputCount } from './steps.ts';

export type Shard = NonNullable<Run['shard']>;

/** The plan of one part; a plan of its own, that remembers the whole. */
export function shardOf(plan: Plan, { index, count }: Shard): Plan {
  const whole = plan.whole ?? plan.groups;
  const own = new Set(partsOf(plan, count)[index - 1]?.map(({ group }) => groupKey(group)));
  return { ...plan, whole, groups: whole.filter(({ group }) => own.has(groupKey(group))) };
}

/** The heaviest bundle first, each to the part that has least so far (Graham 1969: at most 4/3 of the best). */
function partsOf(plan: Plan, count: number): PlannedGroup[][] {
  const bundles = bundlesOf(plan, count).sort((a, b) => b.cost - a.cost);
  const parts = Array.from({ length: count }, () => ({ cost: 0, groups: [] as PlannedGroup[] }));
  for (const bundle of bundles) {
    const lightest = parts.reduce((least, part) => (part.cost < least.cost ? part : least));
    lightest.cost += bundle.cost;
    lightest.groups.push(...bundle.groups);
  }
  return parts.map(({ groups }) => groups);
}

interface Bundle {
  readonly groups: readonly PlannedGroup[];
  readonly cost: number;
}

/** Groups with one accuracy block, except where together they are more than a part's fair share. */
function bundlesOf(plan: Plan, count: number): Bundle[] {
  const families = new Map<string, PlannedGroup[]>();
  for (const planned of plan.whole ?? plan.groups) {
    const key = groupKey(accuracyGroup(planned.group, 1, planned.accuracyText));
    families.set(key, [...(families.get(key) ?? []), planned]);
  }
  const bundles = [...families.values()].map((groups) => bundle(plan, groups));
  const fair = total(bundles.map(({ cost }) => cost)) / count;
  return bundles.flatMap((one) =>
    one.cost <= fair || !alike(one.groups) ? [one] : one.groups.map((planned) => bundle(plan, [planned])),
  );
}

/** Where methods differ, so would the accuracy blocks of the parts. */
function alike(groups: readonly PlannedGroup[]): boolean {
  return new Set(groups.map(({ variants }) => stableJson(variants))).size === 1;
}

function total(costs: readonly number[]): number {
  return costs.reduce((so, cost) => so + cost, 0);
}

function bundle(plan: Plan, groups: readonly PlannedGroup[]): Bundle {
  const [first] = groups;
  const accuracy = first === undefined ? 0 : accuracyCost(plan, first);
  return { groups, cost: accuracy + total(groups.map((planned) => timingCost(plan, planned))) };
}

/** Start of a process and loading of a session, in tokens of one thread, as a unit to add them to the rest. */
const START_TOKENS = 2000;
/** Examples of a whole data set, for estimates only. */
const MANY_EXAMPLES = 900;

/** About how many tokens the time and profile blocks of a group compute per thread; shared time is left out. */
function timingCost({ blocks, minRounds }: Plan, { group, variants }: PlannedGroup): number {
  const call = tokensOf(group);
  const block = inputCount(group) * call + minRounds * call;
  return variants.length * (blocks + 1) * (START_TOKENS + block / group.threads);
}

/** As if on one thread: machines with more must not deal the groups out in another way. */
function accuracyCost({ accuracyExamples }: Plan, { group, variants, noAccuracy }: PlannedGroup): number {
  if (noAccuracy !== undefined) return 0;
  const examples = group.text === 'natural' ? MANY_EXAMPLES : (accuracyExamples ?? MANY_EXAMPLES);
  const tokens = (examples * tokensOf(group)) / group.batch;
  return variants.length * (START_TOKENS + tokens);
}

/** What two executions of one plan may differ in: how long they may take, and where they find their texts (the name of
 * a task that is a file, which the groups hold, is made of its content). */
const FREE = ['timeBudgetSeconds', 'timeoutSeconds', 'dataDir', 'taskFile', 'accuracyThreads'] as const;

/** Whether both want the same measured, shards as parts of their whole. */
export function sameWhole(one: Plan, other: Plan): boolean {
  return stableJson(essence(one)) === stableJson(essence(other));
}

/** As `sameWhole`, but the same part of it, too. */
export function samePlan(one: Plan, other: Plan): boolean {
  const keys = (plan: Plan): string[] => plan.groups.map(({ group }) => groupKey(group));
  return sameWhole(one, other) && stableJson(keys(one)) === stableJson(keys(other));
}

function essence(plan: Plan): Record<string, unknown> {
  const { whole, groups, graphs, methodFiles = [], ...rest } = plan;
  const kept = Object.entries(rest).filter(([name]) => !FREE.some((free) => free === name));
  const bare = (whole ?? groups).map(({ group, variants }) => ({ group, variants }));
  const files = graphs === undefined ? {} : { graphs: essenceOf(graphs) };
  const methods = methodFiles.map(({ name }) => name).sort();
  return { ...Object.fromEntries(kept), groups: bare, methods, ...files };
}
