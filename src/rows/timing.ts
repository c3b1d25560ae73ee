// Everything of a row that comes from clocks: ratios over a group's time blocks, percentiles, throughput.
import { createRandom } from '../core/random.ts';
import { AGAIN_ID, groupKey } from '../core/keys.ts';
import type { TimeBlock } from '../core/schema/block.ts';
import type { Interval } from '../core/schema/group.ts';
import type { Row } from '../core/schema/row.ts';
import type { NoiseFloor } from '../core/schema/summary.ts';
import { ratioInterval, type BlockRatio } from '../stats/bootstrap.ts';
import { costRatio, costs, resampledCosts, type Costs, type PairedTimes } from '../stats/pairedTimes.ts';
import { detectableEffect } from '../stats/detectable.ts';
import { summariseLatency } from '../stats/percentiles.ts';
import { median, sum } from '../stats/samples.ts';

/** Resampled costs per block; the interval draws from these again and again. */
const REPLICATES = 300;

/** What ratios and latencies need of a block, of whatever kind it is. */
export type TimedBlock = Pick<
  TimeBlock,
  'group' | 'block' | 'variants' | 'meanInputTokens' | 'peakRssBytes' | 'doubts'
>;

/** A block with what the ratios of all its variants need; resampling is the dear part, so it is done once. */
interface PreparedBlock {
  readonly costs: Costs;
  readonly replicates: readonly Costs[];
}

const prepared = new WeakMap<TimedBlock, PreparedBlock>();

function prepare(block: TimedBlock): PreparedBlock {
  const known = prepared.get(block);
  if (known !== undefined) return known;
  const times = pairTimes(block);
  const random = createRandom(`rounds/${groupKey(block.group)}/${block.block}`);
  const replicates = Array.from({ length: REPLICATES }, () => resampledCosts(times, random));
  const made = { costs: costs(times), replicates };
  prepared.set(block, made);
  return made;
}

/** The rounds in which every variant of the block was measured, by the input that they were fed. */
export function pairTimes({ variants }: Pick<TimedBlock, 'variants'>): PairedTimes {
  const ids = variants.map(({ id }) => id);
  const inputs = new Map<number, Map<number, Map<string, number[]>>>();
  for (const { id, samplesMs, inputIndex, round } of variants) {
    samplesMs.forEach((ms, index) => {
      const rounds = entry(inputs, inputIndex[index] ?? -1, () => new Map<number, Map<string, number[]>>());
      const calls = entry(rounds, round[index] ?? -1, () => new Map<string, number[]>());
      entry(calls, id, () => []).push(ms);
    });
  }
  const complete = [...inputs.values()].map((rounds) =>
    [...rounds.values()].filter((calls) => calls.size === ids.length),
  );
  return { ids, inputs: complete.filter((rounds) => rounds.length > 0) };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** How many times faster `id` is than `baseline`, block by block. */
function blockRatios(blocks: readonly TimedBlock[], id: string, baseline: string): BlockRatio[] {
  return blocks.flatMap((block) => {
    const { costs: own, replicates } = prepare(block);
    const ratio = costRatio(own, id, baseline);
    if (ratio === undefined) return [];
    return [{ ratio, replicates: replicates.flatMap((draw) => costRatio(draw, id, baseline) ?? []) }];
  });
}

/** Null if no block has both. */
export function speedup(blocks: readonly TimedBlock[], id: string, baseline: string): Interval | null {
  if (id === baseline) {
    return blocks.some(({ variants }) => variants.some((v) => v.id === id))
      ? { median: 1, low: 1, high: 1 }
      : null;
  }
  const ratios = blockRatios(blocks, id, baseline);
  const [first] = blocks;
  if (ratios.length === 0 || first === undefined) return null;
  return ratioInterval(ratios, createRandom(`blocks/${groupKey(first.group)}/${id}/${baseline}`));
}

/** Dense against its own copy; null if that was not measured. */
export function noiseFloor(blocks: readonly TimedBlock[]): NoiseFloor | null {
  const ratio = speedup(blocks, AGAIN_ID, 'dense');
  const [first] = blocks;
  if (ratio === null || first === undefined) return null;
  return {
    group: first.group,
    ratio,
    floor: Math.max(Math.abs(1 - ratio.low), Math.abs(ratio.high - 1)),
    detectable: detectableEffect(blockRatios(blocks, AGAIN_ID, 'dense').map((block) => block.ratio)),
    blocks: blocks.length,
  };
}

export type Timing = Pick<
  Row,
  | 'latencyMs'
  | 'throughput'
  | 'meanInputTokens'
  | 'loadMs'
  | 'firstRunMs'
  | 'blockPeakRssBytes'
  | 'blockMedianMs'
  | 'blockSpeedups'
>;

export function timing(blocks: readonly TimedBlock[], id: string): Timing {
  const own = blocks.flatMap(({ variants }) => variants.filter((v) => v.id === id && v.samplesMs.length > 0));
  const samplesMs = own.flatMap((variant) => variant.samplesMs);
  const [first] = blocks;
  if (samplesMs.length === 0 || first === undefined) return NOT_TIMED;
  const { group, meanInputTokens } = first; // all blocks of a group have the same inputs
  const sequencesPerSecond = (group.batch * samplesMs.length * 1000) / sum(samplesMs);
  return {
    latencyMs: summariseLatency(samplesMs),
    throughput: { sequencesPerSecond, tokensPerSecond: sequencesPerSecond * meanInputTokens },
    meanInputTokens,
    loadMs: median(own.map(({ loadMs }) => loadMs)),
    firstRunMs: median(own.map(({ firstRunMs }) => firstRunMs)),
    blockPeakRssBytes: Math.max(...blocks.map(({ peakRssBytes }) => peakRssBytes)),
    blockMedianMs: own.map((variant) => median(variant.samplesMs)),
    blockSpeedups:
      id === 'dense' ? own.map(() => 1) : blockRatios(blocks, id, 'dense').map(({ ratio }) => ratio),
  };
}

const NOT_TIMED: Timing = {
  latencyMs: null,
  throughput: null,
  meanInputTokens: null,
  loadMs: null,
  firstRunMs: null,
  blockPeakRssBytes: null,
  blockMedianMs: [],
  blockSpeedups: [],
};
