// A time block in its worker process: loads every variant of the group and a second copy of dense, and lets them
// take turns until the block's share of the run's time is over.
import { AGAIN_ID } from '../core/keys.ts';
import { createRandom } from '../core/random.ts';
import { SCHEMA_VERSION, type BlockVariant, type Doubt } from '../core/schema.ts';
import { quietnessBetween, quietnessDoubts, sampleQuietness } from '../machine/quietness.ts';
import { driveWithBenny, type DriveReport } from '../measure/bennyDriver.ts';
import { clockDoubts, driftDoubts, watchGarbageCollection } from '../measure/blockDoubts.ts';
import { measureLatency, type Drive, type LatencyResult, type Subject } from '../measure/latency.ts';
import { peakRssBytes } from '../measure/memory.ts';
import { mean } from '../stats/samples.ts';
import { loadVariant, type WantedGraph } from './sessions.ts';
import type { Failure, TimeTask, WorkerResult } from './task.ts';
import type { Announce } from './worker.ts';

export async function runTimeBlock(task: TimeTask, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const subjects = await loadSubjects(task, announce, failures);
  const before = sampleQuietness();
  const collection = watchGarbageCollection();
  const { result, driven } = await measure(task, subjects, announce);
  const doubts: Doubt[] = [
    ...quietnessDoubts(quietnessBetween(before, sampleQuietness())),
    ...collection.doubts(),
    ...driftDoubts(result.variants),
    ...clockDoubts(result.variants, driven.totalMs),
  ];
  return {
    block: {
      schemaVersion: SCHEMA_VERSION,
      kind: 'time',
      definition: task.definition,
      startedAt,
      wallMs: performance.now(), // since the process began
      group: task.group,
      block: task.block,
      variants: result.variants.map(rounded),
      meanInputTokens: mean(task.inputs.flat().map((ids) => ids.length)),
      peakRssBytes: peakRssBytes(),
      doubts,
    },
    failures: [...failures, ...result.failures],
  };
}

/**
 * Loaded in an order of the block's own: where memory lies depends on it, and a place that were always the same would
 * be a bias that no number of blocks could show.
 */
async function loadSubjects(task: TimeTask, announce: Announce, failures: Failure[]): Promise<Subject[]> {
  const wanted = withAgain(task.variants);
  const subjects = new Map<string, Subject>();
  for (const one of createRandom(`load/${task.seed}`).shuffle(wanted)) {
    const loaded = await loadVariant(task, one, announce, failures);
    if (loaded === null) continue;
    const { id, loadMs } = loaded;
    subjects.set(id, { id, loadMs, run: async (input) => (await loaded.run(input)).logits });
  }
  return wanted.flatMap(({ id }) => subjects.get(id) ?? []);
}

/** The second copy of dense shows what this machine cannot tell apart. */
function withAgain(variants: readonly WantedGraph[]): WantedGraph[] {
  const dense = variants.find(({ id }) => id === 'dense');
  return dense === undefined ? [...variants] : [...variants, { id: AGAIN_ID, graph: dense.graph }];
}

interface Measured {
  readonly result: LatencyResult;
  readonly driven: DriveReport;
}

async function measure(task: TimeTask, subjects: readonly Subject[], announce: Announce): Promise<Measured> {
  let driven: DriveReport = { rounds: 0, totalMs: 0 };
  const drive: Drive = async (round) => {
    const budgetMs = task.budgetMs - performance.now();
    driven = await driveWithBenny(round, { minRounds: task.minRounds, budgetMs });
  };
  const result = await measureLatency(subjects, {
    inputs: task.inputs.length,
    random: createRandom(task.seed),
    nowMs: () => performance.now(),
    drive,
    announce,
  });
  return { result, driven };
}

/** To a tenth of a microsecond, twice as fine as the clock's step. */
function rounded(variant: BlockVariant): BlockVariant {
  return { ...variant, samplesMs: variant.samplesMs.map((ms) => Number(ms.toFixed(4))) };
}
