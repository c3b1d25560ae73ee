// A load block in its worker process: the variants take turns under each scenario.
import type { LoadTask, WorkerResult } from './task.ts';
import type { Announce } from './worker.ts';

export function runLoadBlock(task: LoadTask, announce: Announce): Promise<WorkerResult> {
  announce('load', task.variants[0]?.id);
  throw new Error('not built yet');
}
