// Planning and measuring for programs: the same way that `bench` goes (run/opening.ts, run/benchRun.ts), without a
// terminal. Nothing is printed, no signal of the process is caught.
import { resolve } from 'node:path';
import { resultsFolder } from '../core/places.ts';
import type { Summary } from '../core/schema/summary.ts';
import { readMachine } from '../machine/fingerprint.ts';
import type { Plan } from '../plan/plan.ts';
import { findingsOf, writeReport } from '../report/index.ts';
import { benchRun } from '../run/benchRun.ts';
import { beginRun, resumeRun, type Opener, type OpenRun } from '../run/opening.ts';
import { accuracyThreadsOf, planOf, type PlanRequest } from '../run/planOf.ts';
import { loadMethodFiles } from '../zoo/methodFile.ts';
import { RunFolder } from '../store/runFolder.ts';
import {
  parseBenchOptions,
  parseResumeOptions,
  parseRunOptions,
  planRequestOf,
  type BenchOptions,
  type ResumeOptions,
  type RunOptions,
} from './options.ts';

export interface BenchResult {
  readonly summary: Summary;
  /** Absolute folder of the run: run.json, summary.json and blocks/. */
  readonly dir: string;
  /** The report's page; null if none was asked for, or if the run was interrupted. */
  readonly report: string | null;
  /** Some cell, or some block behind a cell, failed. */
  readonly failed: boolean;
  readonly interrupted: boolean;
}

export async function plan(options: BenchOptions): Promise<Plan> {
  const request = await requestOf(parseBenchOptions(options));
  return planOf(request, accuracyThreadsOf(await readMachine()));
}

/** With the caller's own methods, which are modules to be loaded. */
async function requestOf(options: ReturnType<typeof parseBenchOptions>): Promise<PlanRequest> {
  const methodFiles = await loadMethodFiles(options.methodFiles ?? [], options.methodPoints);
  return { ...planRequestOf(options), methodFiles };
}

export async function run(options: RunOptions): Promise<BenchResult> {
  const { outDir, reportDir, signal, onProgress, runId, target, ...rest } = parseRunOptions(options);
  const request = {
    ...(await requestOf(rest)),
    outDir: outDir === undefined ? resultsFolder() : resolve(outDir),
    runId: runId ?? null,
    target: target ?? null,
    command: `runBench(${JSON.stringify(rest)})`,
  };
  return measured(await beginRun(request, await openerFor(onProgress)), { reportDir, signal, onProgress });
}

export async function resume(run: string, options: ResumeOptions): Promise<BenchResult> {
  const { outDir, dataDir, reportDir, signal, onProgress, ...effort } = parseResumeOptions(options);
  const folder = RunFolder.open(outDir === undefined ? resultsFolder() : resolve(outDir), run);
  const request = { effort, dataDir: dataDir === undefined ? null : resolve(dataDir) };
  return measured(await resumeRun(folder, request, await openerFor(onProgress)), {
    ...{ reportDir, signal, onProgress },
  });
}

type Watch = {
  readonly [K in 'reportDir' | 'signal' | 'onProgress']: RunOptions[K] | undefined;
};

async function openerFor(onProgress: Watch['onProgress']): Promise<Opener> {
  return { machine: await readMachine(), say: (line) => onProgress?.(line) };
}

async function measured(opened: OpenRun, { reportDir, signal, onProgress }: Watch): Promise<BenchResult> {
  const { folder, run, plan: planned, sources } = opened;
  try {
    const { summary, failed, interrupted } = await benchRun({
      ...{ folder, run, plan: planned, sources },
      signal: signal ?? new AbortController().signal,
      sink: { write: (text) => onProgress?.(text.trimEnd()) },
    });
    const wanted = reportDir !== undefined && !interrupted;
    const report = wanted ? (await writeReport(findingsOf(summary), resolve(reportDir))).html : null;
    return { summary, dir: folder.dir, report, failed, interrupted };
  } finally {
    opened.release();
  }
}
