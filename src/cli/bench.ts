// `npm run bench`: plan, measure, print the table, write the report. What is refused before anything is measured is said
// in run/opening.ts.
import { join } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { cellKey, groupKey } from '../core/keys.ts';
import { notice } from '../core/notices.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import { spelled } from '../core/spelling.ts';
import type { Machine } from '../core/schema/machine.ts';
import { readMachine } from '../machine/fingerprint.ts';
import { cellsOf, type Plan } from '../plan/plan.ts';
import { stepsOf } from '../plan/steps.ts';
import { benchRun, type Finished } from '../run/benchRun.ts';
import { beginRun, resumeRun, type OpenRun } from '../run/opening.ts';
import { accuracyThreadsOf, planOf, type PlanRequest } from '../run/planOf.ts';
import { sourcesOf } from '../run/sources.ts';
import { Workbench } from '../run/workbench.ts';
import { RunFolder } from '../store/runFolder.ts';
import { defaultTask, loadTask } from '../text/dataset.ts';
import { loadMethodFiles } from '../zoo/methodFile.ts';
import { loadZoo } from '../zoo/zoo.ts';
import type { Findings } from '../report/index.ts';
import { BENCH_USAGE, readBench, type BenchRequest } from './benchFlags.ts';
import { commandOf, jsonText } from './command.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { readyGraphsOf } from './readyGraphs.ts';
import { quoted } from './shellWord.ts';

export const command = commandOf(BENCH_USAGE, async (parsed, argv) => {
  const request = readBench(parsed);
  if (request.list) return list(planOf(await planRequestOf(request), 1), request);
  const machine = await readMachine();
  if (request.printJob !== null) {
    const plan = planOf(await planRequestOf(request), accuracyThreadsOf(machine));
    return printJob(request.printJob, plan, machine);
  }
  const signal = onInterrupt();
  const opened = await open(request, machine, argv);
  notice(`run ${opened.run.id}: ${opened.folder.dir}`);
  return conclude(request, opened, await benchRun({ ...opened, signal }), signal);
});

async function planRequestOf(request: BenchRequest): Promise<PlanRequest> {
  const graphs =
    request.graphs === null
      ? undefined
      : await readyGraphsOf(request.graphs, loadZoo(), () => classesOf(request));
  const methodFiles = await loadMethodFiles(request.methods.files, request.methods.points);
  return { ...request, graphs, methodFiles };
}

/** Outputs that the task asks for. */
function classesOf({ task, taskFile, dataDir }: BenchRequest): number {
  return loadTask(taskFile ?? task ?? defaultTask(dataDir), dataDir).labelNames.length;
}

function list(plan: Plan, { json }: BenchRequest): number {
  const cells = cellsOf(plan).map(cellKey);
  process.stdout.write(json ? jsonText(cells) : `${cells.join('\n')}\n`);
  notice(`${cells.length} cells in ${plan.groups.length} groups, ${plan.blocks} blocks each`);
  return EXIT.ok;
}

async function printJob(name: string, plan: Plan, machine: Machine): Promise<number> {
  const [key = '', kind = 'time'] = name.split('/');
  const step = stepsOf(plan).find(
    (one) => one.kind === kind && one.block === 0 && groupKey(one.group) === key,
  );
  if (step === undefined) {
    const keys = [...new Set(stepsOf(plan).map((one) => `${groupKey(one.group)}/${one.kind}`))];
    throw new BenchError(`--print-job: no group "${name}" in the plan`, `there are ${keys.join(', ')}`);
  }
  const prepared = await new Workbench(plan, await sourcesOf(plan, machine)).prepare(step);
  const job = prepared.job({ budgetMs: 10_000 }, new Set());
  process.stdout.write(`${JSON.stringify(job)}\n`);
  return EXIT.ok;
}

async function open(request: BenchRequest, machine: Machine, argv: readonly string[]): Promise<OpenRun> {
  const opener = { machine, say: notice };
  const outDir = outDirOf(request);
  if (request.resume !== null) return resumeRun(RunFolder.open(outDir, request.resume), request, opener);
  const command = spelled(
    ['npm run bench', ...(argv.length === 0 ? [] : ['--', ...argv.map(quoted)])].join(' '),
  );
  return beginRun({ ...request, ...(await planRequestOf(request)), outDir, command }, opener);
}

async function conclude(
  request: BenchRequest,
  opened: OpenRun,
  finished: Finished,
  signal: AbortSignal,
): Promise<number> {
  const { folder, run } = opened;
  const { findingsOf, renderTable } = await import('../report/index.ts');
  const findings = findingsOf(finished.summary);
  process.stdout.write(request.json ? jsonText(finished.summary) : renderTable(findings));
  if (request.report && !finished.interrupted) await report(findings, reportDirOf(request, opened));
  notice(`summary: ${folder.summaryPath}`);
  if (finished.interrupted) {
    const out = request.outDir === null ? '' : ` --out ${quoted(request.outDir)}`;
    const goOn = spelled(`npm run bench -- --resume ${run.id}${out}`);
    process.stderr.write(`interrupted; go on with: ${goOn}\n`);
    return interruptedCode(signal);
  }
  return finished.failed ? EXIT.failedCells : EXIT.ok;
}

async function report(findings: Findings, folder: string): Promise<void> {
  const { writeReport } = await import('../report/index.ts');
  const { html, notes } = await writeReport(findings, folder);
  for (const note of notes) notice(note);
  notice(`report: ${html}`);
}

/** Beside the results if these have a place of their own. */
function reportDirOf({ outDir }: BenchRequest, { folder, run }: OpenRun): string {
  return outDir === null ? join(reportsFolder(), run.id) : join(folder.dir, 'report');
}

function outDirOf({ outDir }: BenchRequest): string {
  return outDir ?? resultsFolder();
}
