// An accuracy block in its worker process: one session at a time, every example once.
import { messageOf } from '../core/errors.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { predictAll, type Predictor } from './accuracy.ts';
import { inLabelOrder } from './outputLabels.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import { withWitness, witnessDigest } from './witnesses.ts';
import type { AccuracyTask, Announce, Failure, WorkerResult } from './job.ts';

export async function runAccuracyBlock(task: AccuracyTask, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const variants = [];
  for (const wanted of task.variants) {
    const loaded = await loadVariant(task, wanted, announce, failures);
    if (loaded === null) continue;
    const result = await predictAll([predictorOf(loaded, task)], task.inputs.length, announce);
    variants.push(...(await withWitness(task, result.variants, [loaded], failures)));
    failures.push(...result.failures);
    await loaded.release().catch((thrown: unknown) => process.stderr.write(`${messageOf(thrown)}\n`));
  }
  return {
    block: {
      schemaVersion: SCHEMA_VERSION,
      kind: 'accuracy',
      definition: task.definition,
      startedAt,
      wallMs: performance.now(),
      group: task.group,
      metric: task.metric,
      alsoMetrics: task.alsoMetrics,
      labels: task.labels,
      examplesDigest: task.examplesDigest,
      ...(task.truncated === undefined ? {} : { truncated: task.truncated }),
      variants,
      ...witnessDigest(task.witness),
      doubts: [],
    },
    failures,
  };
}

/** The outputs of a ready graph are put into the order of the task's labels. */
function predictorOf({ id, answers }: LoadedVariant, { outputLabels }: AccuracyTask): Predictor {
  if (outputLabels === undefined) return { id, run: answers };
  return { id, run: async (input) => inLabelOrder(await answers(input), outputLabels) };
}
