// A cost block in its worker process: one variant alone, so that memory and loading are its own.
import type { CostTask, WorkerResult } from './task.ts';
import type { Announce } from './worker.ts';

export function runCostBlock(task: CostTask, announce: Announce): Promise<WorkerResult> {
  announce('load', task.variants[0]?.id);
  throw new Error('not built yet');
}
