// One execution of a plan, from its folder to its summary: the composition root of the measuring half. A resumed
// run goes the same way, with the blocks that an earlier execution has left.
import type { NoticeSink } from '../core/notices.ts';
import type { Block } from '../core/schema/block.ts';
import type { Run } from '../core/schema/run.ts';
import type { Summary } from '../core/schema/summary.ts';
import type { Plan } from '../plan/plan.ts';
import { stepsOf, type Step } from '../plan/steps.ts';
import { probeProvider, providerEnvironment } from '../runtime/providers.ts';
import type { RunFolder } from '../store/runFolder.ts';
import { execute } from './execute.ts';
import { Progress } from './progress.ts';
import { watchingGpu } from './gpuWatch.ts';
import { launchWorker, type Launch } from './spawn.ts';
import { hasFailures, summarise, wantedGroup, type Obstacles } from '../rows/summary.ts';
import { TimePlan } from './timePlan.ts';
import { Workbench, type Sources } from './workbench.ts';
import { makeRows } from '../rows/rows.ts';

export interface BenchRun {
  readonly folder: RunFolder;
  readonly run: Run;
  readonly plan: Plan;
  readonly sources: Sources;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where progress is written; stderr unless it is given. */
  readonly sink?: NoticeSink;
  /** Worker processes unless it is given; scripted ones under test. */
  readonly launch?: Launch;
}

export interface Finished {
  readonly summary: Summary;
  /** Some cell, or some block behind a cell, failed. */
  readonly failed: boolean;
  readonly interrupted: boolean;
}

export async function benchRun(given: BenchRun): Promise<Finished> {
  const { folder, run, plan, sources, signal, sink, launch = launchWorker } = given;
  const { blocks: stored, complaints } = folder.readBlocks();
  folder.writeRun({ ...run, status: 'running', finishedAt: null });
  const obstacles = await findObstacles(plan);
  const steps = stepsOf(plan);
  const timePlan = new TimePlan({
    budgetMs: plan.timeBudgetSeconds * 1000 * shareLeft(steps, stored),
    timeoutMs: plan.timeoutSeconds * 1000,
    examples: (step) =>
      step.group.text === 'natural' ? NATURAL_GUESS : (plan.accuracyExamples ?? NATURAL_GUESS),
    scenarios: plan.scenarios.length,
    loadSteps: Math.max(1, steps.filter(({ kind }) => kind === 'load').length),
    moreBlocks: plan.interval !== null,
  });
  const progress = new Progress(
    {
      remainingMs: (ahead, elapsedMs) => timePlan.remainingMs(ahead, elapsedMs),
      rows: (step, blocks) => makeRows([wantedGroup(step, plan, obstacles)], blocks).rows,
    },
    sink,
  );
  for (const line of complaints) progress.say(line);
  for (const [provider, reason] of obstacles) progress.say(`provider ${provider} is left out: ${reason}`);
  const blocks = await execute({
    ...{ plan, folder, timePlan, signal, stored },
    workbench: new Workbench(plan, sources),
    launch: watchingGpu(launch),
    environment: ({ group }) => providerEnvironment(group.provider),
    obstacle: ({ provider }) => obstacles.get(provider) ?? null,
    watcher: progress,
    nowMs: () => performance.now(),
  });
  progress.finish();
  return finish({ folder, run, plan, sources, signal }, obstacles, blocks);
}

function finish(
  { folder, run, plan, signal }: BenchRun,
  obstacles: Obstacles,
  blocks: readonly Block[],
): Finished {
  const status = signal.aborted ? 'interrupted' : 'complete';
  const lacking = obstacles.size === 0 ? {} : { obstacles: Object.fromEntries(obstacles) };
  const finished: Run = { ...run, ...lacking, status, finishedAt: new Date().toISOString() };
  const summary = summarise(finished, plan, obstacles, blocks);
  folder.writeRun(finished);
  folder.writeSummary(summary);
  return { summary, failed: hasFailures(summary, blocks), interrupted: signal.aborted };
}

/** Examples of a whole data set, for guessing times only. */
const NATURAL_GUESS = 900;

/** A resumed run has only its missing steps' share of the time. */
function shareLeft(steps: readonly Step[], stored: readonly Block[]): number {
  const done = stored.filter(({ kind }) => kind !== 'failed').length;
  return steps.length === 0 ? 1 : Math.max(0.05, 1 - done / steps.length);
}

async function findObstacles(plan: Plan): Promise<Obstacles> {
  const providers = [...new Set(plan.groups.map(({ group }) => group.provider))].filter(
    (name) => name !== 'cpu',
  );
  const probes = await Promise.all(providers.map((name) => probeProvider(name)));
  return new Map(
    probes.flatMap((probe) => (probe.available ? [] : [[probe.name, `${probe.reason}; ${probe.remedy}`]])),
  );
}
