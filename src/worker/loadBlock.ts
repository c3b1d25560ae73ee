// A load block in its worker process, which is the dispatcher: it starts the streams, has every scenario run on them,
// and never runs a session itself.
import type { Doubt } from '../core/schema/doubt.ts';
import type { LoadBlock } from '../core/schema/scenario.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import {
  quietnessBetween,
  quietnessDoubts,
  sampleQuietness,
  type QuietnessSample,
} from '../machine/quietness.ts';
import { openClock } from './load/clock.ts';
import { measureLoad, type LoadResult } from './load/measureLoad.ts';
import { cpuSets, isPinnedTo, pinningObstacle, usableCpus } from './load/pinning.ts';
import { processCpuUs } from './load/processTime.ts';
import { StreamPool } from './load/streamPool.ts';
import type { Announce, LoadJob, WorkerResult } from './job.ts';

const HANG_MS = 30_000;
/** Requests, from the shortest to the longest, that every session answers before anything counts. */
const WARM_UPS = 16;

export async function runLoadBlock(job: LoadJob, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const count = Math.max(...job.scenarios.map(({ streams }) => streams));
  const pinning = await findPinning(job, count);
  const pool = poolOf(job, count, pinning.sets);
  const clock = openClock();
  announce('measure');
  try {
    const before = sampleWith(pool, pinning.full);
    const result = await measureLoad({
      scenarios: job.scenarios,
      variants: job.variants.map(({ id }) => id),
      inputs: job.inputs.length,
      seed: job.seed,
      endMs: clock.nowMs() - performance.now() + job.budgetMs, // since the process began
      ...{ streams: pool, clock },
    });
    const quiet = quietnessDoubts(quietnessBetween(before, sampleWith(pool, pinning.full)));
    const doubts = [...quiet, ...pinning.doubts, ...unpinned(pool, pinning.sets)];
    return { block: blockOf(job, startedAt, result, pinning.sets, doubts), failures: [...result.failures] };
  } finally {
    await Promise.all([pool.stop(), clock.close()]);
  }
}

function blockOf(
  job: LoadJob,
  startedAt: string,
  { scenarios }: LoadResult,
  sets: Pinning['sets'],
  doubts: Doubt[],
): LoadBlock {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'load',
    definition: job.definition,
    startedAt,
    wallMs: performance.now(), // since the process began
    group: job.group,
    block: job.block,
    scenarios: [...scenarios],
    pinnedTo: sets,
    doubts,
  };
}

function poolOf(
  { group, padId, inputs, variants }: LoadJob,
  count: number,
  sets: Pinning['sets'],
): StreamPool {
  const { provider, threads } = group;
  const graphs = variants.map(({ id, graph, reading }) => ({ id, graph, reading }));
  const setup = { provider, threads, padId, inputs, variants: graphs, warmUp: warmUps(inputs) };
  return new StreamPool(setup, { count, cpuSets: sets, hangMs: HANG_MS });
}

/** Indices of input batches of all sizes, the largest included: their memory is paid for before it counts. */
export function warmUps(inputs: LoadJob['inputs']): number[] {
  const size = (index: number): number => inputs[index]?.reduce((total, ids) => total + ids.length, 0) ?? 0;
  const sorted = inputs.map((_, index) => index).sort((a, b) => size(b) - size(a));
  const wanted = Math.min(WARM_UPS, sorted.length);
  return Array.from({ length: wanted }, (_, nth) => {
    const place = wanted === 1 ? 0 : Math.round((nth * (sorted.length - 1)) / (wanted - 1));
    return sorted[place] ?? 0;
  });
}

interface Pinning {
  readonly sets: number[][] | null;
  /** Whether the streams fill all CPUs, so that waiting for one is their own doing. */
  readonly full: boolean;
  readonly doubts: readonly Doubt[];
}

async function findPinning({ group }: LoadJob, count: number): Promise<Pinning> {
  const cpus = usableCpus() ?? [];
  const wanted = count * group.threads;
  const full = wanted >= cpus.length;
  if (cpus.length > 0 && wanted > cpus.length) {
    const message = `${count} streams of ${group.threads} thread(s) on ${cpus.length} usable CPUs`;
    return { sets: null, full, doubts: [{ code: 'too-few-cpus', message, advice: 'take fewer --streams' }] };
  }
  const obstacle = await pinningObstacle(cpus);
  if (obstacle === null) return { sets: cpuSets(cpus, count, group.threads), full, doubts: [] };
  return { sets: null, full, doubts: [notPinned(obstacle)] };
}

/** What the kernel says of the streams that were to be pinned. */
function unpinned(pool: StreamPool, sets: Pinning['sets']): Doubt[] {
  if (sets === null) return [];
  const states = pool.processes.map(({ index, pid }) => isPinnedTo(pid, sets[index] ?? []));
  if (!states.includes(false)) return [];
  return [notPinned('some of their threads may use other CPUs than they were given')];
}

function notPinned(why: string): Doubt {
  return {
    code: 'streams-not-pinned',
    message: `the streams were not pinned to CPUs: ${why}`,
    advice: 'they may push each other from CPU to CPU, which lengthens the tail',
  };
}

/** The streams' own work is not that of neighbours, nor is waiting for a CPU that they fill. */
function sampleWith(pool: StreamPool, full: boolean): QuietnessSample {
  const sample = sampleQuietness();
  const ownUs = sample.ownUs + pool.cpuUs(processCpuUs);
  return { ...sample, ownUs, waitedUs: full ? null : sample.waitedUs };
}
