// From what is asked for to the plan: the suite, what replaces parts of it, and what this machine has to run.
import type { Machine } from '../core/schema/machine.ts';
import type { Run } from '../core/schema/run.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { cpuAllowance } from '../machine/processor.ts';
import type { SomeAxes } from '../plan/axes.ts';
import { makePlan, type Plan, type PlanOptions } from '../plan/plan.ts';
import type { ReadyGraphs } from '../plan/readyGraphs.ts';
import { shardOf } from '../plan/shard.ts';
import { loadSuite } from '../plan/suite.ts';
import { defaultTask, isComposable } from '../text/dataset.ts';
import type { MethodFile } from '../zoo/methodFile.ts';
import { withMethodFiles } from '../zoo/variants.ts';
import { loadZoo } from '../zoo/zoo.ts';
import { plannedFile } from './methodFiles.ts';
import { catalogueOf } from './sources.ts';

/** What is to be measured; null and undefined leave the choice to the suite or to what there is. */
export interface PlanRequest {
  readonly suite: string;
  readonly axes: SomeAxes;
  readonly effort: PlanOptions['effort'];
  /** Ready graphs in the place of the zoo's models. */
  readonly graphs: ReadyGraphs | undefined;
  /** Methods outside the tree, measured on every model. */
  readonly methodFiles?: readonly MethodFile[];
  /** Null: sst2 where it is, else the bundled texts. */
  readonly task: string | null;
  /** Of a task that is a file. */
  readonly taskFile: TaskFile | null;
  /** Absolute. */
  readonly dataDir: string | null;
  readonly seed: number;
  /** Only this part of the plan. */
  readonly shard: Run['shard'];
}

/** @throws BenchError for names that nothing has and lengths that no model takes. */
export function planOf(request: PlanRequest, accuracyThreads: number): Plan {
  const { axes, effort, dataDir, seed, shard, graphs } = request;
  const files = request.methodFiles ?? [];
  const methodFiles = files.map(plannedFile);
  const task = request.task ?? defaultTask(dataDir);
  const about = { task, taskFile: request.taskFile ?? undefined, composable: isComposable(task) };
  const settled = { ...about, dataDir, accuracyThreads, seed, graphs, methodFiles };
  const plan = makePlan(
    { suite: loadSuite(request.suite), axes, effort, ...settled },
    catalogueOf(withMethodFiles(loadZoo(), files)),
  );
  return shard === null ? plan : shardOf(plan, shard);
}

/** The accuracy pass is not timed, so it may use the whole machine. */
export function accuracyThreadsOf({ cpu }: Machine): number {
  return Math.max(1, Math.floor(Math.min(cpu.physicalCores, cpuAllowance(cpu.cgroupCpuLimit))));
}
