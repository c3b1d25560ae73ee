// Nights for the proofs of the gate, resampled from recorded runs (results/reference/*/blocks), not from a normal
// distribution. A simulated block is a recorded block of the group, drawn at random (which process), with the rounds of
// each of its inputs drawn again with replacement (which calls); its ratios come from the same functions as those of a
// row: the sum over inputs of median times, dense's over the method's. So outliers, ties, unequal numbers of rounds and
// bad blocks are as they were. Simulated blocks are independent and nights have no effect of their own, unless asked.
// Two errors of the method, in opposite directions: three or four recorded processes, drawn with replacement, scatter
// an eighth to a fifth less than fresh ones would; and the noise of the rounds, of which late recorded blocks have only
// two to six, enters twice.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../../src/core/atomicFile.ts';
import { AGAIN_ID, groupKey } from '../../src/core/keys.ts';
import type { Random } from '../../src/core/random.ts';
import { repoRoot } from '../../src/core/root.ts';
import type { Group } from '../../src/core/schema/group.ts';
import type { Row } from '../../src/core/schema/row.ts';
import { summarySchema, type NoiseFloor, type Summary } from '../../src/core/schema/summary.ts';
import { pairTimes } from '../../src/rows/timing.ts';
import { RunFolder } from '../../src/store/runFolder.ts';
import { costRatio, resampledCosts, type PairedTimes } from '../../src/stats/pairedTimes.ts';
import { mean } from '../../src/stats/samples.ts';
import { student95 } from '../../src/stats/student.ts';

/** Blocks drawn per recorded group, from which nights are put together. */
const POOL = 400;

export interface SimulatedBlock {
  /** Variant id -> speed-up vs dense in this block. */
  readonly speedups: ReadonlyMap<string, number>;
  /** Total of dense, milliseconds. */
  readonly denseMs: number;
}

export interface RecordedGroup {
  readonly run: string;
  readonly group: Group;
  readonly rows: readonly Row[];
  readonly pool: readonly SimulatedBlock[];
  /** Recorded blocks that the pool was drawn from. */
  readonly recorded: number;
  /** Standard deviation of the logarithm over the pool, by variant id. */
  readonly blockSd: ReadonlyMap<string, number>;
}

export function recordedGroups(random: Random): RecordedGroup[] {
  const root = join(repoRoot(), 'results', 'reference');
  return readdirSync(root).flatMap((run) => {
    const summary = readJson(join(root, run, 'summary.json'), summarySchema, 'summary');
    const { blocks } = RunFolder.open(root, run).readBlocks();
    const times = blocks.filter((block) => block.kind === 'time');
    return (summary.noiseFloor?.groups ?? []).flatMap(({ group }) => {
      const own = times.filter((block) => groupKey(block.group) === groupKey(group)).map(pairTimes);
      const rows = summary.rows.filter((row) => groupKey(row) === groupKey(group) && row.status === 'ok');
      return own.length < 3 ? [] : [recordedGroup(run, group, rows, own, random)];
    });
  });
}

function recordedGroup(
  run: string,
  group: Group,
  rows: readonly Row[],
  blocks: readonly PairedTimes[],
  random: Random,
): RecordedGroup {
  const pool = Array.from({ length: POOL }, () => simulatedBlock(random.pick(blocks), random));
  const ids = [...(pool[0]?.speedups.keys() ?? [])];
  const blockSd = new Map(
    ids.map((id) => [id, deviation(pool.map((block) => Math.log(block.speedups.get(id)!)))]),
  );
  return { run, group, rows, pool, recorded: blocks.length, blockSd };
}

function simulatedBlock(times: PairedTimes, random: Random): SimulatedBlock {
  const drawn = resampledCosts(times, random);
  const speedups = new Map(times.ids.map((id) => [id, costRatio(drawn, id, 'dense')!]));
  return { speedups, denseMs: drawn.get('dense')! };
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/**
 * What a run as a whole differed from another of the same cells: differences of mean log ratios over the root of two,
 * with both signs. Such a difference also holds the noise of the few blocks behind each mean, which the simulated blocks
 * bring anyway: as much variance as that explains is taken out, by one factor for all.
 */
export function recordedNightShifts(groups: readonly RecordedGroup[]): number[] {
  const centre = ({ pool }: RecordedGroup, id: string): number =>
    mean(pool.map(({ speedups }) => Math.log(speedups.get(id)!)));
  const noises: number[] = [];
  const raw = groups.flatMap((one, index) =>
    groups.slice(index + 1).flatMap((other) => {
      if (groupKey(one.group) !== groupKey(other.group)) return [];
      const ids = [...one.blockSd.keys()].filter(
        (id) => id !== 'dense' && id !== AGAIN_ID && other.blockSd.has(id),
      );
      const noiseOf = (group: RecordedGroup, id: string): number =>
        group.blockSd.get(id)! ** 2 / group.recorded;
      noises.push(...ids.map((id) => (noiseOf(one, id) + noiseOf(other, id)) / 2));
      const shifts = ids.map((id) => (centre(one, id) - centre(other, id)) / Math.SQRT2);
      return shifts.flatMap((shift) => [shift, -shift]);
    }),
  );
  if (raw.length === 0) return raw;
  const factor = Math.sqrt(Math.max(0, 1 - mean(noises) / mean(raw.map((shift) => shift ** 2))));
  return raw.map((shift) => shift * factor);
}

/** Where a simulated sweep puts a recorded group; the same group may stand for several cells. */
export interface Placed {
  readonly recorded: RecordedGroup;
  readonly group: Group;
}

/** A sweep of at least `ratios` gated ratios, from the recorded groups in turn. */
export function sweepOf(groups: readonly RecordedGroup[], ratios: number): Placed[] {
  const placed: Placed[] = [];
  for (let cells = 0; cells < ratios;) {
    const recorded = groups[placed.length % groups.length]!;
    placed.push({ recorded, group: { ...recorded.group, model: `sweep-${placed.length}` } });
    cells += recorded.rows.filter(({ method }) => method !== 'dense').length;
  }
  return placed;
}

export interface Night {
  readonly id: number;
  readonly blocks: number;
  /** Factor on the time of a variant in a group; 1 if absent. */
  readonly slower?: (placed: Placed, id: string) => number;
  /** Factor on all times of the night. */
  readonly pace?: number;
}

const NO_CHANGE = (): number => 1;

/** The summary of a simulated night, with the noise floor that its own A/A ratios give. */
export function simulatedNight(
  sweep: readonly Placed[],
  { id, blocks, slower = NO_CHANGE, pace = 1 }: Night,
  template: Summary,
  random: Random,
): Summary {
  const rows: Row[] = [];
  const floors: NoiseFloor[] = [];
  for (const placed of sweep) {
    const drawn = Array.from({ length: blocks }, () => random.pick(placed.recorded.pool));
    for (const row of placed.recorded.rows) {
      const variant = row.point === null ? row.method : `${row.method}:${row.point}`;
      const factor = slower(placed, variant);
      const base = slower(placed, 'dense');
      rows.push({
        ...row,
        ...placed.group,
        doubts: [],
        blockSpeedups: drawn.map(({ speedups }) => (speedups.get(variant)! * base) / factor),
        blockMedianMs: drawn.map(
          ({ denseMs, speedups }) => (pace * factor * denseMs) / speedups.get(variant)!,
        ),
      });
    }
    floors.push(floorOf(placed, drawn));
  }
  const run = {
    ...template.run,
    id: `night-${id}`,
    startedAt: new Date(Date.UTC(2026, 0, 1 + id)).toISOString(),
  };
  const worst = Math.max(...floors.map(({ floor }) => floor));
  return { ...template, run, rows, noiseFloor: { worst, median: worst, groups: floors } };
}

/**
 * The A/A interval of the night's blocks. The recorded runs loaded their copies of dense in a fixed order, which
 * made the second copy faster by up to 5 %; runs shuffle that order now, so the recorded mean is taken out.
 */
function floorOf({ recorded, group }: Placed, drawn: readonly SimulatedBlock[]): NoiseFloor {
  const logs = (blocks: readonly SimulatedBlock[]): number[] =>
    blocks.map(({ speedups }) => Math.log(speedups.get(AGAIN_ID)!));
  const own = logs(drawn);
  const centre = mean(own) - mean(logs(recorded.pool));
  const half = (student95(own.length - 1) * deviation(own)) / Math.sqrt(own.length);
  const [low, high] = [Math.exp(centre - half), Math.exp(centre + half)];
  return {
    ...{ group, ratio: { median: Math.exp(centre), low, high }, detectable: null, blocks: drawn.length },
    floor: Math.max(1 - low, high - 1),
  };
}
