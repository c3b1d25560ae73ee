// A run that is to be merged with others, read from its folder.
import { BenchError } from '../core/errors.ts';
import type { Run } from '../core/schema/run.ts';
import { planSchema, type Plan } from '../plan/plan.ts';
import type { StoredBlock } from '../store/blockScan.ts';
import type { RunFolder } from '../store/runFolder.ts';
import { holderOf } from '../store/runLock.ts';

export interface Part {
  readonly run: Run;
  readonly plan: Plan;
  readonly blocks: readonly StoredBlock[];
}

export interface MergeOptions {
  /** Parts of different machines. */
  readonly allowMixed: boolean;
  /** Parts that are not finished, and a plan of which parts are missing. */
  readonly partial: boolean;
}

/** @throws BenchError if the run is still going on, was not finished or has damaged blocks. */
export function readPart(folder: RunFolder, { partial }: Pick<MergeOptions, 'partial'>): Part {
  const run = folder.readRun();
  const name = `run ${run.id}`;
  const plan = planSchema.safeParse(run.plan);
  if (!plan.success)
    throw new BenchError(`${name} holds a plan that this version cannot read`, 'measure it anew');
  const holder = holderOf(folder.dir);
  if (holder !== null && !partial)
    throw new BenchError(`${name} is in use by process ${holder.pid} on ${holder.host}`, 'wait for it');
  if (run.status !== 'complete' && !partial)
    throw new BenchError(
      `${name} is not finished: ${run.status}`,
      'resume it, or --partial takes what is there',
    );
  const { stored, damaged } = folder.scan();
  const [first] = damaged;
  if (first !== undefined)
    throw new BenchError(first.reason, `npm run bench -- --resume ${folder.dir} measures it anew`);
  return { run, plan: plan.data, blocks: stored };
}
