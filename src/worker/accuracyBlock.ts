// An accuracy block in its worker process: one session at a time, every example once.
import { messageOf } from '../core/errors.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { predictAll, type Predictor } from './accuracy.ts';
import { inLabelOrder } from './outputLabels.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import { withWitness, witnessDigest } from './witnesses.ts';
import type { AccuracyJob, Announce, Failure, WorkerResult } from './job.ts';

export async function runAccuracyBlock(job: AccuracyJob, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const variants = [];
  for (const wanted of job.variants) {
    const loaded = await loadVariant(job, wanted, announce, failures);
    if (loaded === null) continue;
    const result = await predictAll([predictorOf(loaded, job)], job.inputs.length, announce);
    variants.push(...(await withWitness(job, result.variants, [loaded], failures)));
    failures.push(...result.failures);
    await loaded.release().catch((thrown: unknown) => process.stderr.write(`${messageOf(thrown)}\n`));
  }
  return {
    block: {
      schemaVersion: SCHEMA_VERSION,
      kind: 'accuracy',
      definition: job.definition,
      startedAt,
      wallMs: performance.now(),
      group: job.group,
      metric: job.metric,
      alsoMetrics: job.alsoMetrics,
      labels: job.labels,
      examplesDigest: job.examplesDigest,
      truncated: job.truncated,
      variants,
      ...witnessDigest(job.witness),
      doubts: [],
    },
    failures,
  };
}

/** The outputs of a ready graph are put into the order of the task's labels. */
function predictorOf({ id, answers }: LoadedVariant, { outputLabels }: AccuracyJob): Predictor {
  if (outputLabels === undefined) return { id, run: answers };
  return { id, run: async (input) => inLabelOrder(await answers(input), outputLabels) };
}
