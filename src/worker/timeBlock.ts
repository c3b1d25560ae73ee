// A time block in its worker process: loads every variant of the group and a second copy of dense, and lets them
// take turns until the block's share of the run's time is over.
import { AGAIN_ID } from '../core/keys.ts';
import { createRandom } from '../core/random.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { effectiveCpuDoubts, waitForCpus } from '../machine/effectiveCpus.ts';
import { driveWithBenny, type DriveReport } from './bennyDriver.ts';
import { clockDoubts } from './blockDoubts.ts';
import { measureLatency, type Drive, type LatencyResult, type Subject } from './latency.ts';
import { peakRssBytes } from './memory.ts';
import { mean, sum } from '../stats/samples.ts';
import { proveSettings, unactedDoubts, type ProvenSession } from '../runtime/settingsProof.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import { watchSurroundings, type Surroundings } from './surroundings.ts';
import type { Announce, Failure, TimeJob, WantedGraph, WorkerResult } from './job.ts';
import { withWitness, witnessDigest } from './witnesses.ts';

/** For CPUs that others use, out of the block's own time. */
const WAIT_SHARE = 0.1;
const LONGEST_WAIT_MS = 60_000;

export async function runTimeBlock(job: TimeJob, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const patienceMs = Math.min(LONGEST_WAIT_MS, WAIT_SHARE * job.budgetMs);
  const effectiveCpus = await waitForCpus({ threads: job.group.threads, patienceMs });
  const loaded = await loadAll(job, announce, failures);
  const surroundings = watchSurroundings();
  const measured = await measure(job, loaded.map(subjectOf), surroundings, announce);
  const around = surroundings.doubts();
  const peak = peakRssBytes();
  const { result } = measured;
  // From here on nothing is timed any more.
  const alive = loaded.filter(({ id }) => result.variants.some((variant) => variant.id === id));
  const settings = await proveSettings(job.group, alive.map(provable));
  const variants = await withWitness(job, result.variants, alive, failures);
  return {
    block: {
      schemaVersion: SCHEMA_VERSION,
      kind: 'time',
      definition: job.definition,
      startedAt,
      wallMs: performance.now(), // since the process began
      group: job.group,
      block: job.block,
      variants: variants.map(rounded),
      meanInputTokens: mean(job.inputs.flat().map((ids) => ids.length)),
      peakRssBytes: peak,
      settings,
      effectiveCpus,
      harness: { loadMs: sum(loaded.map(({ loadMs }) => loadMs)), ...result.harness },
      ...witnessDigest(job.witness),
      doubts: [
        ...effectiveCpuDoubts(effectiveCpus, job.group.threads),
        ...around,
        ...unactedDoubts(settings),
        ...doubtsOf(measured),
      ],
    },
    failures: [...failures, ...result.failures],
  };
}

/**
 * Loaded in an order of the block's own: where memory lies depends on it, and a place that were always the same would
 * be a bias that no number of blocks could show.
 */
async function loadAll(job: TimeJob, announce: Announce, failures: Failure[]): Promise<LoadedVariant[]> {
  const wanted = withAgain(job.variants);
  const all = new Map<string, LoadedVariant>();
  for (const one of createRandom(`load/${job.seed}`).shuffle(wanted)) {
    const loaded = await loadVariant(job, one, announce, failures);
    if (loaded !== null) all.set(loaded.id, loaded);
  }
  return wanted.flatMap(({ id }) => all.get(id) ?? []);
}

function subjectOf(loaded: LoadedVariant): Subject {
  const { id, loadMs } = loaded;
  return { id, loadMs, run: async (input) => (await loaded.run(input)).logits };
}

function provable(loaded: LoadedVariant): ProvenSession {
  return { threadsStarted: loaded.threadsStarted, run: () => loaded.run(0) };
}

/** The second copy of dense shows what this machine cannot tell apart. */
function withAgain(variants: readonly WantedGraph[]): WantedGraph[] {
  const dense = variants.find(({ id }) => id === 'dense');
  return dense === undefined ? [...variants] : [...variants, { ...dense, id: AGAIN_ID }];
}

/** Right after loading, calls at 1 x 32 tokens are a tenth slower than later ones. */
const LEAST_WARM_UP_MS = 600;

interface Measured {
  readonly result: LatencyResult;
  readonly driven: DriveReport;
}

async function measure(
  job: TimeJob,
  subjects: readonly Subject[],
  { onCall }: Surroundings,
  announce: Announce,
): Promise<Measured> {
  let driven: DriveReport = { iterations: 0, totalMs: 0 };
  const drive: Drive = async (round) => {
    const budgetMs = job.budgetMs - performance.now();
    driven = await driveWithBenny(round, { minRounds: job.minRounds, budgetMs });
  };
  const result = await measureLatency(subjects, {
    inputs: job.inputs.length,
    leastWarmUpMs: LEAST_WARM_UP_MS,
    random: createRandom(job.seed),
    nowMs: () => performance.now(),
    drive,
    onCall,
    announce,
  });
  return { result, driven };
}

function doubtsOf({ result, driven }: Measured): Doubt[] {
  return clockDoubts(result.variants, driven.totalMs);
}

/** To a tenth of a microsecond, twice as fine as the clock's step. */
function rounded(variant: BlockVariant): BlockVariant {
  return { ...variant, samplesMs: variant.samplesMs.map((ms) => Number(ms.toFixed(4))) };
}
