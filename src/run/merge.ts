// Several runs of parts of one plan as one run, from their stored blocks. Its rows are made from the blocks by the
// same function as any run's, so they are those that one machine would have got from the same blocks. What does not
// belong together is refused: another plan, other code, models or texts, another machine (unless asked for), one
// group measured twice. The parts themselves are only read.
import { stableJson, sha256Hex } from '../core/hash.ts';
import { BenchError } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { Run } from '../core/schema/run.ts';
import type { Plan, PlannedGroup } from '../plan/plan.ts';
import { sameWhole, shardOf } from '../plan/shard.ts';
import type { StoredBlock } from '../store/blockScan.ts';
import { newRunId } from '../store/runFolder.ts';
import { joinBlocks } from './mergeBlocks.ts';
import type { MergeOptions, Part } from './mergePart.ts';

export interface Merged {
  readonly run: Run;
  readonly plan: Plan;
  readonly blocks: readonly StoredBlock[];
}

/** @param command as it goes into the record. */
export function mergeParts(given: readonly Part[], options: MergeOptions, command: string): Merged {
  const [first, ...others] = inOrder(given);
  if (first === undefined) throw new BenchError('nothing to merge', 'name the runs');
  const parts: readonly [Part, ...Part[]] = [first, ...others];
  for (const other of others) checkPair(first, other, options);
  const plan = joinPlans(parts);
  const lacking = lackingOf(parts, plan);
  if (lacking !== null && !options.partial)
    throw new BenchError(`the plan is not complete: ${lacking}`, 'name all its runs, or --partial');
  const doubts = [...mixedDoubts(parts), ...(lacking === null ? [] : [missingDoubt(lacking)])];
  const blocks = joinBlocks(parts, options);
  return { run: joinRuns(parts, { plan, doubts, command, whole: lacking === null }), plan, blocks };
}

/** Whatever order they were named in, the merged run is the same. */
function inOrder(parts: readonly Part[]): Part[] {
  const place = ({ run }: Part): string => `${String(run.shard?.index ?? 0).padStart(6, '0')} ${run.id}`;
  const seen = new Set<string>();
  return [...parts]
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .filter((part) => {
      const content = stableJson([part.run.id, part.blocks.map(({ text }) => text)]);
      return seen.has(content) ? false : seen.add(content);
    });
}

function checkPair(first: Part, other: Part, { allowMixed }: MergeOptions): void {
  const pair = `${first.run.id} and ${other.run.id}`;
  const refuse = (what: string, remedy: string): never => {
    throw new BenchError(`${pair} ${what}`, remedy);
  };
  if (!sameWhole(first.plan, other.plan))
    refuse('have different plans', 'parts of one run have the same flags');
  if (first.run.machine.fingerprint !== other.run.machine.fingerprint && !allowMixed) {
    const { label } = first.run.machine;
    refuse(
      `are of different machines: ${label} and ${other.run.machine.label}`,
      '--allow-mixed keeps the ratios',
    );
  }
  const counts = [first.run.shard?.count, other.run.shard?.count].filter((count) => count !== undefined);
  if (new Set(counts).size > 1)
    refuse(`are shards of ${counts.join(' and of ')}`, 'take one number of shards');
  const mine = first.run.ingredients ?? {};
  const unlike = Object.entries(other.run.ingredients ?? {}).find(
    ([name, hash]) => mine[name] !== undefined && mine[name] !== hash,
  );
  if (unlike !== undefined)
    refuse(`were measured with different ${unlike[0]}`, 'measure both with one version');
}

/** The groups that are there, in the order of the whole plan. */
function joinPlans(parts: readonly [Part, ...Part[]]): Plan {
  const [{ plan: base }] = parts;
  const found = new Map<string, PlannedGroup>();
  for (const { plan } of parts) {
    for (const planned of plan.groups) {
      const threads = planned.accuracyThreads ?? plan.accuracyThreads;
      const own = threads === base.accuracyThreads ? {} : { accuracyThreads: threads };
      const { group, variants, noAccuracy } = planned;
      const silent = noAccuracy === undefined ? {} : { noAccuracy };
      if (!found.has(groupKey(group))) found.set(groupKey(group), { group, variants, ...silent, ...own });
    }
  }
  const { whole = base.groups, ...rest } = base;
  const groups = whole.flatMap(({ group }) => found.get(groupKey(group)) ?? []);
  return groups.length === whole.length ? { ...rest, groups } : { ...rest, groups, whole };
}

/** What is missing of the plan, in words; null if nothing is. */
function lackingOf(parts: readonly Part[], plan: Plan): string | null {
  if (plan.whole === undefined) return null;
  const present = new Set(plan.groups.map(({ group }) => groupKey(group)));
  const count = parts.map(({ run }) => run.shard?.count).find((one) => one !== undefined);
  const missing = `${plan.whole.length - present.size} of ${plan.whole.length} groups`;
  if (count === undefined) return missing;
  const shards = Array.from({ length: count }, (_, index) => index + 1).filter((index) =>
    shardOf(plan, { index, count }).groups.some(({ group }) => !present.has(groupKey(group))),
  );
  return `shard${shards.length === 1 ? '' : 's'} ${shards.join(', ')} of ${count}, ${missing}`;
}

function missingDoubt(lacking: string): Doubt {
  return {
    code: 'missing-parts',
    message: `merged without ${lacking}`,
    advice: 'merge again when they are there',
  };
}

function machinesOf(parts: readonly Part[]): Machine[] {
  const all = parts.flatMap(({ run }) => run.machines ?? [run.machine]);
  return [...new Map(all.map((machine) => [machine.fingerprint, machine])).values()];
}

function mixedDoubts(parts: readonly Part[]): Doubt[] {
  const machines = machinesOf(parts);
  if (machines.length < 2) return [];
  const where = parts.map(({ run }) => `${run.id} on ${run.machine.label}`).join(', ');
  const message = `measured on ${machines.length} machines: ${where}; no group on more than one, so its ratios hold`;
  return [{ code: 'mixed-machines', message, advice: 'do not compare times of different groups' }];
}

interface Joined {
  readonly plan: Plan;
  readonly doubts: readonly Doubt[];
  readonly command: string;
  /** Whether nothing of the plan is missing. */
  readonly whole: boolean;
}

function joinRuns(parts: readonly [Part, ...Part[]], { plan, doubts, command, whole }: Joined): Run {
  const runs = parts.map(({ run }) => run);
  const [{ run: first }] = parts;
  const ids = [
    ...new Set(runs.flatMap((run) => (run.mergedFrom.length > 0 ? run.mergedFrom : [run.id]))),
  ].sort();
  const starts = runs.map(({ startedAt }) => startedAt).sort();
  const ends = runs.flatMap(({ finishedAt }) => finishedAt ?? []).sort();
  const machines = machinesOf(parts);
  const obstacles = Object.assign({}, ...runs.map((run) => run.obstacles ?? {})) as Record<string, string>;
  const labels = distinct(runs.flatMap((run) => run.labels ?? []));
  const complete = whole && runs.every(({ status }) => status === 'complete');
  return {
    ...first,
    id: idOf(starts[0] ?? first.startedAt, ids),
    startedAt: starts[0] ?? first.startedAt,
    finishedAt: ends.at(-1) ?? null,
    status: complete ? 'complete' : 'interrupted',
    command,
    plan,
    gitCommit: same(runs.map(({ gitCommit }) => gitCommit)),
    target: same(runs.map(({ target }) => target)),
    doubts: distinct([...runs.flatMap((run) => run.doubts), ...doubts]),
    shard: null,
    mergedFrom: ids,
    ...(machines.length > 1 ? { machines } : {}),
    ...(labels.length > 0 ? { labels } : {}),
    ...(Object.keys(obstacles).length > 0 ? { obstacles } : {}),
  };
}

/** The same parts give the same name, so that merging twice leaves one run. */
function idOf(startedAt: string, ids: readonly string[]): string {
  const stamp = newRunId(new Date(startedAt)).split('-').slice(0, 2).join('-');
  return `${stamp}-m${sha256Hex(stableJson(ids)).slice(0, 8)}`;
}

/** Null where they differ. */
function same<T>(values: readonly T[]): T | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

function distinct<T>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [stableJson(record), record])).values()];
}

export function blocksOf(merged: Merged): Block[] {
  return merged.blocks.map(({ block }) => block);
}
