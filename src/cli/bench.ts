// `npm run bench`: plan, measure, print the table, write the report. Refuses what it can refuse before anything is
// measured: unknown names, a folder that cannot be written, a machine that is not the target.
import { basename, join } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { stableJson } from '../core/hash.ts';
import { cellKey, groupKey } from '../core/keys.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import { repoRoot } from '../core/root.ts';
import type { Group } from '../core/schema/group.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { Run } from '../core/schema/run.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { readMachine } from '../machine/fingerprint.ts';
import { effectiveCpus } from '../machine/processor.ts';
import { machineDoubts } from '../machine/quietness.ts';
import { claimTarget, requireTarget } from '../machine/target.ts';
import { loadZoo, type Zoo } from '../zoo/zoo.ts';
import { cellsOf, makePlan, planSchema, type Plan } from '../plan/plan.ts';
import { variantsOfGraphs, type ReadyGraphs } from '../plan/readyGraphs.ts';
import { samePlan, shardOf } from '../plan/shard.ts';
import { loadSuite } from '../plan/suite.ts';
import { stepsOf } from '../plan/steps.ts';
import { benchRun, type BenchRun, type Finished } from '../run/benchRun.ts';
import { ingredientsOf } from '../run/ingredients.ts';
import { labelNotes } from '../run/labelNotes.ts';
import { availableMemory, checkMemory } from '../run/memoryNeed.ts';
import { catalogueOf, makeSources } from '../run/sources.ts';
import { Workbench, type Sources } from '../run/workbench.ts';
import { RunFolder } from '../store/runFolder.ts';
import { defaultTask, isComposable } from '../text/dataset.ts';
import { helpOf } from './args.ts';
import { BENCH_USAGE, parseBench, type BenchRequest } from './benchFlags.ts';
import type { Command } from './command.ts';
import { baselineOf, readyGraphsOf } from './readyGraphs.ts';
import { gitCommit } from './gitCommit.ts';
import { onInterrupt } from './interrupt.ts';
import { quoted } from './shellWord.ts';

export const command: Command = {
  name: BENCH_USAGE.name,
  summary: BENCH_USAGE.summary,
  help: helpOf(BENCH_USAGE),
  async run(argv) {
    const request = parseBench(argv);
    if (request.help) {
      process.stdout.write(command.help);
      return EXIT.ok;
    }
    if (request.list) return list(await planOf(request, 1));
    const machine = await readMachine();
    if (request.printTask !== null)
      return printTask(request.printTask, await planOf(request, threadsOf(machine)), machine);
    const interrupt = onInterrupt();
    const prepared =
      request.resume === null
        ? await begin(request, machine, argv)
        : await resume(request, RunFolder.open(outDirOf(request), request.resume), machine);
    process.stderr.write(`run ${prepared.run.id}: ${prepared.folder.dir}\n`);
    return conclude(request, prepared, await benchRun({ ...prepared, signal: interrupt }));
  },
};

type Prepared = Omit<BenchRun, 'signal'>;

async function planOf(request: BenchRequest, accuracyThreads: number): Promise<Plan> {
  const { axes, effort, dataDir, seed, shard } = request;
  const task = request.task ?? defaultTask(dataDir);
  const about = { task, taskFile: request.taskFile ?? undefined, composable: isComposable(task) };
  const zoo = loadZoo();
  const graphs = request.graphs === null ? undefined : await readyGraphsOf(request.graphs, zoo);
  const settled = { ...about, dataDir, accuracyThreads, seed, graphs };
  const plan = makePlan({ suite: loadSuite(request.suite), axes, effort, ...settled }, catalogueOf(zoo));
  return shard === null ? plan : shardOf(plan, shard);
}

/** The accuracy pass is not timed, so it may use the whole machine. */
function threadsOf({ cpu }: Machine): number {
  return Math.max(1, Math.floor(Math.min(cpu.physicalCores, effectiveCpus(cpu.cgroupCpuLimit))));
}

function list(plan: Plan): number {
  const cells = cellsOf(plan).map(cellKey);
  process.stdout.write(`${cells.join('\n')}\n`);
  process.stderr.write(`${cells.length} cells in ${plan.groups.length} groups, ${plan.blocks} blocks each\n`);
  return EXIT.ok;
}

export function sourcesOf(plan: Plan, machine: Machine): Sources {
  return makeSources({
    zoo: loadZoo(),
    modelsDir: null,
    dataDir: plan.dataDir,
    taskFile: plan.taskFile,
    graphs: plan.graphs,
    versions: machine.versions,
  });
}

async function printTask(name: string, plan: Plan, machine: Machine): Promise<number> {
  const [key = '', kind = 'time'] = name.split('/');
  const step = stepsOf(plan).find(
    (one) => one.kind === kind && one.block === 0 && groupKey(one.group) === key,
  );
  if (step === undefined) {
    const keys = [...new Set(stepsOf(plan).map((one) => `${groupKey(one.group)}/${one.kind}`))];
    throw new BenchError(`--print-task: no group "${name}" in the plan`, `there are ${keys.join(', ')}`);
  }
  const prepared = await new Workbench(plan, sourcesOf(plan, machine)).prepare(step);
  const task = prepared.task({ budgetMs: 10_000 }, new Set());
  process.stdout.write(`${JSON.stringify(task)}\n`);
  return EXIT.ok;
}

async function begin(request: BenchRequest, machine: Machine, argv: readonly string[]): Promise<Prepared> {
  if (request.target !== null) requireTarget(request.target, machine);
  const plan = await planOf(request, threadsOf(machine));
  const sources = sourcesOf(plan, machine);
  await checkInputs(plan, sources, machine);
  const folder =
    request.runId === null
      ? RunFolder.create(outDirOf(request)).folder
      : RunFolder.named(outDirOf(request), request.runId);
  take(folder);
  if (folder.hasRun) return resume(request, folder, machine, plan);
  const id = basename(folder.dir);
  const providers = [...new Set(plan.groups.map(({ group }) => group.provider))];
  const threads = Math.max(1, ...plan.groups.map(({ group }) => group.threads));
  const zoo = loadZoo();
  const run: Run = {
    schemaVersion: SCHEMA_VERSION,
    id,
    startedAt: new Date().toISOString(),
    finishedAt: null,
    status: 'running',
    command: ['npm run bench', ...(argv.length === 0 ? [] : ['--', ...argv.map(quoted)])].join(' '),
    suite: plan.suite,
    plan,
    gitCommit: await gitCommit(repoRoot()),
    machine,
    target: request.target ?? claimTarget(machine, providers),
    doubts: machineDoubts(machine, threads), // how quiet it is, every block finds out for itself
    shard: request.shard,
    mergedFrom: [],
    ingredients: ingredientsOf(plan, zoo, sources),
    models: modelFacts(plan, zoo),
  };
  folder.beginRun(run);
  return { folder, run, plan, sources };
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

/** For as long as this process lives. */
function take(folder: RunFolder): void {
  folder.lock();
  process.once('exit', () => folder.unlock());
}

/** Texts and base weights, without which nothing could be measured. A damaged point costs only its own rows. */
async function checkInputs(plan: Plan, sources: Sources, machine: Machine): Promise<void> {
  const zoo = loadZoo();
  const weightBytes = (name: string): number =>
    zoo.models.find((model) => model.name === name)?.weights.bytes ?? 0;
  checkMemory(plan, weightBytes, availableMemory(machine));
  for (const task of new Set(plan.groups.map(({ group }) => group.task))) sources.taskData(task);
  for (const note of labelNotes(plan, zoo, sources)) process.stderr.write(`${note}\n`);
  const models = new Map(plan.groups.map(({ group }) => [group.model, group]));
  for (const group of models.values()) {
    if (plan.graphs === undefined) await sources.graph(group, { method: 'dense', point: null });
    else await checkReady(plan.graphs, group, sources);
  }
}

/** A graph that is not there, or is another than was planned, is no failure to be measured around. */
async function checkReady(graphs: ReadyGraphs, group: Group, sources: Sources): Promise<void> {
  sources.tokenizer(group.model);
  for (const variant of variantsOfGraphs(graphs)) await sources.graph(group, variant);
}

/** @param asked what the command line asks for, if it does: it must be the plan of the stored run. */
async function resume(
  request: BenchRequest,
  folder: RunFolder,
  machine: Machine,
  asked: Plan | null = null,
): Promise<Prepared> {
  take(folder);
  const { run, complaint } = folder.restoreRun();
  if (complaint !== null) process.stderr.write(`${complaint}\n`);
  if (run.mergedFrom.length > 0)
    throw new BenchError(`run ${run.id} is merged`, `resume its parts: ${run.mergedFrom.join(', ')}`);
  if (run.machine.fingerprint !== machine.fingerprint) {
    throw new BenchError(
      `run ${run.id} is of another machine: ${run.machine.label}, this is ${machine.label}`,
      'resume it there, or start a new run',
    );
  }
  const stored = planSchema.safeParse(run.plan);
  if (!stored.success)
    throw new BenchError(`run ${run.id} holds a plan that this version cannot read`, 'start a new run');
  const sameShard = stableJson(run.shard) === stableJson(request.shard);
  if (asked !== null && !(sameShard && samePlan(asked, stored.data)))
    throw new BenchError(
      `run ${run.id} has another plan than this command: ${run.command}`,
      'take another --run-id',
    );
  const { effort, dataDir } = request;
  const plan = {
    ...stored.data,
    timeBudgetSeconds: effort.timeBudgetSeconds ?? stored.data.timeBudgetSeconds,
    timeoutSeconds: effort.timeoutSeconds ?? stored.data.timeoutSeconds,
    dataDir: dataDir ?? stored.data.dataDir,
  };
  const sources = sourcesOf(plan, machine);
  await checkInputs(plan, sources, machine);
  return { folder, run, plan, sources };
}

async function conclude(request: BenchRequest, prepared: Prepared, finished: Finished): Promise<number> {
  const { folder, run } = prepared;
  const { renderTable } = await import('../report/index.ts');
  process.stdout.write(renderTable(finished.summary));
  if (request.report && !finished.interrupted) await report(finished, reportDirOf(request, prepared));
  process.stderr.write(`summary: ${folder.summaryPath}\n`);
  if (finished.interrupted) {
    const out = request.outDir === null ? '' : ` --out ${quoted(request.outDir)}`;
    process.stderr.write(`interrupted; go on with: npm run bench -- --resume ${run.id}${out}\n`);
  }
  return finished.failed || finished.interrupted ? EXIT.failedCells : EXIT.ok;
}

async function report({ summary }: Finished, folder: string): Promise<void> {
  const { writeReport } = await import('../report/index.ts');
  const { html, notes } = await writeReport(summary, folder);
  for (const note of notes) process.stderr.write(`${note}\n`);
  process.stderr.write(`report: ${html}\n`);
}

/** Beside the results if these have a place of their own. */
function reportDirOf({ outDir }: BenchRequest, { folder, run }: Prepared): string {
  return outDir === null ? join(reportsFolder(), run.id) : join(folder.dir, 'report');
}

function outDirOf({ outDir }: BenchRequest): string {
  return outDir ?? resultsFolder();
}
