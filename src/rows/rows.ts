// From the blocks of a run to its rows. Pure: the same blocks give the same rows, to the bit, in the running program,
// on --resume and in a test.
import { groupKey, variantKey } from '../core/keys.ts';
import { isDense } from '../core/names.ts';
import { validityOf } from '../core/validity.ts';
import type { AccuracyBlock, Block, FailedBlock, ProfileBlock, TimeBlock } from '../core/schema/block.ts';
import type { CostBlock } from '../core/schema/cost.ts';
import type { Group, Variant } from '../core/schema/group.ts';
import type { Row } from '../core/schema/row.ts';
import type { NoiseFloor, Summary } from '../core/schema/summary.ts';
import { detectableEffect } from '../stats/detectable.ts';
import { median } from '../stats/samples.ts';
import { correctness } from './correctness.ts';
import { costsOf } from './costs.ts';
import { peerRows } from './peers.ts';
import { imprecisionDoubts } from './intervalWidths.ts';
import { rowDoubts } from './rowDoubts.ts';
import { noiseFloor, speedup, timing } from './timing.ts';
import { profiled } from './profiled.ts';

export interface WantedGroup {
  readonly group: Group;
  readonly variants: readonly Variant[];
  /** The group that its accuracy block is filed under. */
  readonly accuracyGroup: Group;
  /** Why it cannot be measured here, e.g. a provider that is missing; null if it can. */
  readonly obstacle: string | null;
  /** Why there is no accuracy to measure; absent if there is. */
  readonly noAccuracy?: string | undefined;
  /** Relative half-width that the intervals of its ratios were to have; null for a fixed number of blocks. */
  readonly interval?: number | null;
}

/** The blocks that say something about one group. */
interface GroupBlocks {
  readonly time: readonly TimeBlock[];
  readonly profile: ProfileBlock | undefined;
  readonly accuracy: AccuracyBlock | undefined;
  readonly cost: readonly CostBlock[];
  readonly failures: readonly FailedBlock[];
}

export function makeRows(
  wanted: readonly WantedGroup[],
  blocks: readonly Block[],
): Pick<Summary, 'rows' | 'noiseFloor'> {
  const rows: Row[] = [];
  const floors: NoiseFloor[] = [];
  for (const one of wanted) {
    const own = select(one, blocks);
    const floor = noiseFloor(own.time);
    if (floor !== null) floors.push(floor);
    rows.push(...one.variants.map((variant) => makeRow(one, variant, own, floor)));
    rows.push(...peerRows(one, blocks, own.time));
  }
  return { rows, noiseFloor: summariseFloors(floors) };
}

function select({ group, accuracyGroup }: WantedGroup, blocks: readonly Block[]): GroupBlocks {
  const [key, accuracyKey] = [groupKey(group), groupKey(accuracyGroup)];
  const own = blocks.filter((block) => groupKey(block.group) === key);
  const shared = blocks.filter((block) => groupKey(block.group) === accuracyKey);
  const isAccuracy = ({ of }: FailedBlock): boolean => of === 'accuracy';
  const isOwn = ({ of }: FailedBlock): boolean => of !== 'accuracy' && of !== 'peer';
  return {
    time: own.filter((block) => block.kind === 'time').sort((a, b) => a.block - b.block),
    profile: own.find((block) => block.kind === 'profile'),
    accuracy: shared.find((block) => block.kind === 'accuracy'),
    cost: own.filter((block) => block.kind === 'cost'),
    failures: [
      ...own.filter((block) => block.kind === 'failed').filter(isOwn),
      ...shared.filter((block) => block.kind === 'failed').filter(isAccuracy),
    ],
  };
}

function makeRow(
  { group, variants, obstacle, noAccuracy, interval = null }: WantedGroup,
  variant: Variant,
  { time, profile, accuracy, cost, failures }: GroupBlocks,
  floor: NoiseFloor | null,
): Row {
  const id = variantKey(variant);
  const blocks = time.filter(({ variants }) => variants.some((v) => v.id === id && v.samplesMs.length > 0));
  const facts = profiled(profile, id);
  const clocks = timing(blocks, id);
  const vsDense = speedup(blocks, id, 'dense');
  const index = variants.indexOf(variant);
  const concerned = failures.filter((failure) =>
    failure.of === 'cost' // of one variant, the one at its index
      ? failure.block === index
      : failure.variants.length === 0 || failure.variants.includes(id),
  );
  const measured = clocks.latencyMs !== null;
  const evidence = { id, blocks, profile, accuracy, failures: concerned, speedup: vsDense, floor };
  const doubts = measured ? [...imprecisionDoubts(vsDense, interval), ...rowDoubts(evidence)] : [];
  return {
    ...group,
    ...variant,
    ...clocks,
    ...facts,
    speedup: measured ? { vsDense, vsDensePadded: speedup(blocks, id, 'dense-padded') } : null,
    conversion: conversion(variant, vsDense?.median, facts.flops?.ratioVsDense),
    accuracy: answered(accuracy, group, id),
    ...(noAccuracy === undefined ? {} : { noAccuracy }),
    costs: costsOf(cost, group, id),
    detectable: id === 'dense' ? null : detectableEffect(clocks.blockSpeedups),
    validity: measured ? validityOf(doubts) : null,
    doubts,
    ...(measured ? { status: 'ok' } : unmeasured(concerned, obstacle)),
  };
}

/** With the texts that it is of, where they are not those that are timed. */
function answered(block: AccuracyBlock | undefined, { text }: Group, id: string): Row['accuracy'] {
  const found = correctness(block, id);
  if (found === null || block === undefined || block.group.text === text) return found;
  return { ...found, text: block.group.text };
}

/** Null for the dense graphs, which save nothing that could become time. */
function conversion(
  { method }: Variant,
  clock: number | undefined,
  flops: number | undefined,
): number | null {
  if (isDense(method)) return null;
  return clock === undefined || flops === undefined ? null : clock / flops;
}

function unmeasured(
  failures: readonly FailedBlock[],
  obstacle: string | null,
): Pick<Row, 'status' | 'reason'> {
  if (obstacle !== null) return { status: 'skipped', reason: obstacle };
  const failed = failures.find(({ of }) => of === 'time') ?? failures.find(({ of }) => of !== 'cost');
  if (failed === undefined)
    return { status: 'skipped', reason: 'the run was interrupted before it was measured' };
  return { status: 'failed', reason: `${failed.phase}: ${failed.reason}` };
}

function summariseFloors(groups: NoiseFloor[]): Summary['noiseFloor'] {
  if (groups.length === 0) return null;
  const floors = groups.map(({ floor }) => floor);
  return { worst: Math.max(...floors), median: median(floors), groups };
}
