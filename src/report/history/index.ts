// The files of a history: index.html, a page a machine, history.json, history.md for a job's summary, and the newest
// run of every machine for github-action-benchmark.
import { join } from 'node:path';
import { writeFileAtomic, writeJsonAtomic } from '../../core/atomicFile.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { groupBy } from '../../core/grouping.ts';
import { actionBenchmarks, writeActionBenchmarks } from '../exports/actionBenchmark.ts';
import { renderIndex } from './indexPage.ts';
import { renderMachine } from './machinePage.ts';
import { renderHistoryMarkdown } from './markdown.ts';
import { machineFile } from './page.ts';
import type { History } from './record.ts';

export { acknowledgementsSchema, requireKnownRuns, type Acknowledgement } from './acknowledged.ts';
export { historyOf, stepsIn } from './history.ts';
export { renderHistoryText } from './markdown.ts';

/** @returns the paths written, the index first. */
export function writeHistory(history: History, summaries: readonly Summary[], outDir: string): string[] {
  const index = join(outDir, 'index.html');
  const pages = history.machines.map((machine) => {
    const path = join(outDir, machineFile(machine));
    writeFileAtomic(path, renderMachine(machine));
    return path;
  });
  writeFileAtomic(index, renderIndex(history));
  const json = join(outDir, 'history.json');
  writeJsonAtomic(json, history);
  const markdown = join(outDir, 'history.md');
  writeFileAtomic(markdown, renderHistoryMarkdown(history));
  const benchmarks = actionBenchmarks(newestOfEach(summaries));
  const exported = writeActionBenchmarks(benchmarks, join(outDir, 'github-action-benchmark.json'));
  return [index, ...pages, json, markdown, ...exported];
}

/** @param summaries ascending in time. */
function newestOfEach(summaries: readonly Summary[]): Summary[] {
  const byMachine = groupBy(summaries, ({ run }) => run.machine.fingerprint);
  return [...byMachine.values()].flatMap((runs) => runs.at(-1) ?? []);
}
