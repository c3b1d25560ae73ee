// The package's entry for programs: `import { runBench } from 'token-pruning-bench'`. docs/api.md is its page. What
// measures is loaded when it is called, so that reading results needs no ONNX Runtime.
import { isWithoutRuntime, withoutRuntime } from '../runtime/missing.ts';
import type { Plan } from '../plan/plan.ts';
import type * as Measure from './measure.ts';
import type { BenchOptions, ResumeOptions, RunOptions } from './options.ts';

export { BenchError } from '../core/errors.ts';
export { cellKey, groupKey, variantKey } from '../core/keys.ts';
export { readSummary } from '../store/summaryFile.ts';
export { cellsOf } from '../plan/plan.ts';
export type { Cell, Group, Variant } from '../core/schema/group.ts';
export type { Row } from '../core/schema/row.ts';
export type { Run } from '../core/schema/run.ts';
export type { Summary } from '../core/schema/summary.ts';
export type { Plan, PlannedGroup } from '../plan/plan.ts';
export type { BenchResult } from './measure.ts';
export type * from '../graphs/methodApi.ts';
export type { BenchOptions, ResumeOptions, RunOptions } from './options.ts';

/**
 * What a run with these options would measure here; measures nothing.
 * @throws BenchError for options that are wrong and names that nothing has.
 */
export async function planBench(options: BenchOptions = {}): Promise<Plan> {
  return measuring((measure) => measure.plan(options));
}

/**
 * Measures, in worker processes, and stores the run in a folder of its own.
 * @throws BenchError for options that are wrong, and for what can be refused before anything is measured. A cell that
 * fails is a row with a reason, and no error.
 */
export async function runBench(options: RunOptions = {}): Promise<Measure.BenchResult> {
  return measuring((measure) => measure.run(options));
}

/**
 * Goes on with an interrupted run; finished blocks are kept.
 * @param run its id, or the path of its folder.
 */
export async function resumeBench(run: string, options: ResumeOptions = {}): Promise<Measure.BenchResult> {
  return measuring((measure) => measure.resume(run, options));
}

async function measuring<T>(call: (measure: typeof Measure) => Promise<T>): Promise<T> {
  try {
    return await call(await import('./measure.ts'));
  } catch (thrown) {
    throw isWithoutRuntime(thrown) ? withoutRuntime(thrown) : thrown;
  }
}
