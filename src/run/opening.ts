// Opens a run: a new one, or one that was interrupted. Refuses what it can refuse before anything is measured: a folder
// that cannot be written, a machine that is not the target, texts and weights that are not there.
import { basename } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { stableJson } from '../core/hash.ts';
import type { TargetName } from '../core/names.ts';
import type { Group } from '../core/schema/group.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { Run } from '../core/schema/run.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { machineDoubts } from '../machine/quietness.ts';
import { claimTarget, requireTarget } from '../machine/target.ts';
import { planSchema, type Plan } from '../plan/plan.ts';
import { baselineOf, variantsOfGraphs, type ReadyGraphs } from '../plan/readyGraphs.ts';
import { samePlan } from '../plan/shard.ts';
import { RunFolder } from '../store/runFolder.ts';
import { loadZoo, type Zoo } from '../zoo/zoo.ts';
import type { BenchRun } from './benchRun.ts';
import { programCommit } from './gitCommit.ts';
import { ingredientsOf } from './ingredients.ts';
import { labelsOf } from './labelling.ts';
import { methodFacts, renewMethodFiles, tryMethodFiles } from './methodFiles.ts';
import { availableMemory, checkMemory } from './memoryNeed.ts';
import { accuracyThreadsOf, planOf, type PlanRequest } from './planOf.ts';
import { sourcesOf } from './sources.ts';
import type { Sources } from './workbench.ts';

export interface RunRequest extends PlanRequest {
  /** Absolute folder of the runs. */
  readonly outDir: string;
  /** Name of the run, or of one to go on with if its plan is the same; null: a new name. */
  readonly runId: string | null;
  readonly target: TargetName | null;
  /** As it stands in the record, for people to run again. */
  readonly command: string;
}

/** Who opens a run on which machine, and hears what is worth knowing. */
export interface Opener {
  readonly machine: Machine;
  readonly say: (line: string) => void;
}

/** A run that is ready to be measured. Its folder is locked until `release` is called or the process ends. */
export interface OpenRun extends Pick<BenchRun, 'folder' | 'run' | 'plan' | 'sources'> {
  release(): void;
}

export async function beginRun(request: RunRequest, opener: Opener): Promise<OpenRun> {
  const { machine } = opener;
  if (request.target !== null) requireTarget(request.target, machine);
  const plan = planOf(request, accuracyThreadsOf(machine));
  const sources = await sourcesOf(plan, machine);
  await checkInputs(plan, sources, opener);
  const { outDir, runId } = request;
  const folder = runId === null ? RunFolder.create(outDir).folder : RunFolder.named(outDir, runId);
  return holding(folder, async () => {
    if (folder.hasRun) return stored(folder, request, opener, { plan, shard: request.shard });
    const run = await recordOf(request, basename(folder.dir), { plan, sources, machine });
    folder.beginRun(run);
    return { folder, run, plan, sources };
  });
}

/** What may change when a run goes on. */
export type ResumeRequest = Pick<RunRequest, 'effort' | 'dataDir'>;

export async function resumeRun(folder: RunFolder, request: ResumeRequest, opener: Opener): Promise<OpenRun> {
  return holding(folder, () => stored(folder, request, opener, null));
}

type Opened = Omit<OpenRun, 'release'>;

async function holding(folder: RunFolder, open: () => Promise<Opened>): Promise<OpenRun> {
  folder.lock();
  const unlock = (): void => folder.unlock();
  process.once('exit', unlock);
  const release = (): void => {
    process.off('exit', unlock);
    unlock();
  };
  try {
    return { ...(await open()), release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

async function recordOf(
  request: RunRequest,
  id: string,
  { plan, sources, machine }: Pick<Opened, 'plan' | 'sources'> & Pick<Opener, 'machine'>,
): Promise<Run> {
  const zoo = loadZoo();
  const providers = [...new Set(plan.groups.map(({ group }) => group.provider))];
  const threads = Math.max(1, ...plan.groups.map(({ group }) => group.threads));
  const { labels, textFiles, doubts } = labelsOf(plan, zoo, sources);
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    startedAt: new Date().toISOString(),
    finishedAt: null,
    status: 'running',
    command: request.command,
    suite: plan.suite,
    plan,
    gitCommit: await programCommit(),
    machine,
    target: request.target ?? claimTarget(machine, providers),
    doubts: [...machineDoubts(machine, threads), ...doubts], // how quiet it is, every block finds out for itself
    shard: request.shard,
    mergedFrom: [],
    ingredients: ingredientsOf(plan, zoo, sources),
    models: modelFacts(plan, zoo),
    ...methodFacts(plan),
    labels,
    ...(textFiles.length === 0 ? {} : { textFiles }),
  };
}

/** What a reader of the results must know of each model. */
function modelFacts(plan: Plan, zoo: Zoo): NonNullable<Run['models']> {
  const names = new Set(plan.groups.map(({ group }) => group.model));
  return Object.fromEntries(
    [...names].map((name) => {
      if (plan.graphs?.model === name) return [name, { origin: 'graphs', base: baselineOf(plan.graphs) }];
      const { origin, base } = zoo.model(name);
      return [name, { origin, base }];
    }),
  );
}

/** Texts and base weights, without which nothing could be measured. A damaged point costs only its own rows. */
async function checkInputs(plan: Plan, sources: Sources, { machine, say }: Opener): Promise<void> {
  const zoo = loadZoo();
  const weightBytes = (name: string): number =>
    zoo.models.find((model) => model.name === name)?.weights.bytes ?? 0;
  checkMemory(plan, weightBytes, availableMemory(machine));
  for (const task of new Set(plan.groups.map(({ group }) => group.task))) sources.taskData(task);
  for (const note of labelsOf(plan, zoo, sources).notes) say(note);
  const models = new Map(plan.groups.map(({ group }) => [group.model, group]));
  for (const group of models.values()) {
    if (plan.graphs === undefined) await sources.graph(group, { method: 'dense', point: null });
    else await checkReadyGraphs(plan.graphs, group, sources);
  }
  await tryMethodFiles(plan, zoo, sources);
}

/** They and their tokenizer must be the files that the plan was made of. */
async function checkReadyGraphs(graphs: ReadyGraphs, group: Group, sources: Sources): Promise<void> {
  sources.tokenizer(group.model);
  for (const variant of variantsOfGraphs(graphs)) await sources.graph(group, variant);
}

/** @param asked what was asked for, if anything was: it must be the plan of the stored run. */
async function stored(
  folder: RunFolder,
  { effort, dataDir }: ResumeRequest,
  opener: Opener,
  asked: (Pick<Run, 'shard'> & { readonly plan: Plan }) | null,
): Promise<Opened> {
  const { machine, say } = opener;
  const { run, complaint } = folder.restoreRun();
  if (complaint !== null) say(complaint);
  if (run.mergedFrom.length > 0)
    throw new BenchError(`run ${run.id} is merged`, `resume its parts: ${run.mergedFrom.join(', ')}`);
  if (run.machine.fingerprint !== machine.fingerprint) {
    throw new BenchError(
      `run ${run.id} is of another machine: ${run.machine.label}, this is ${machine.label}`,
      'resume it there, or start a new run',
    );
  }
  const own = planSchema.safeParse(run.plan);
  if (!own.success)
    throw new BenchError(`run ${run.id} holds a plan that this version cannot read`, 'start a new run');
  const same =
    asked === null || (stableJson(run.shard) === stableJson(asked.shard) && samePlan(asked.plan, own.data));
  if (!same) {
    throw new BenchError(
      `run ${run.id} has another plan than this command: ${run.command}`,
      'take another --run-id',
    );
  }
  const renewed = await renewMethodFiles(run, own.data);
  for (const line of renewed.changes) say(line);
  const plan = {
    ...renewed.plan,
    timeBudgetSeconds: effort.timeBudgetSeconds ?? own.data.timeBudgetSeconds,
    timeoutSeconds: effort.timeoutSeconds ?? own.data.timeoutSeconds,
    dataDir: dataDir ?? own.data.dataDir,
  };
  const sources = await sourcesOf(plan, machine);
  await checkInputs(plan, sources, opener);
  return { folder, run: renewed.run, plan, sources };
}
