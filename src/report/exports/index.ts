// What other programs read of one run; each file only where it was asked for.
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, writeFileAtomic } from '../../core/atomicFile.ts';
import { BenchError, messageOf } from '../../core/errors.ts';
import type { Summary } from '../../core/schema/summary.ts';
import type { Findings } from '../findings/findings.ts';
import { actionBenchmarks, writeActionBenchmarks } from './actionBenchmark.ts';
import { renderCsv } from './csv.ts';
import { renderJobSummary } from './jobSummary.ts';

export interface ExportPaths {
  readonly csv: string | undefined;
  /** github-action-benchmark: this file, and one with `.smaller` before the extension. */
  readonly actionBenchmark: string | undefined;
  /** Appended to, since the other steps of a job may write to it, too. */
  readonly jobSummary: string | undefined;
}

/**
 * @param findings those of the summary.
 * @returns the paths written.
 */
export function writeExports(
  summary: Summary,
  findings: Findings,
  { csv, actionBenchmark, jobSummary }: ExportPaths,
): string[] {
  const written: string[] = [];
  if (csv !== undefined) {
    writeFileAtomic(csv, renderCsv(summary));
    written.push(csv);
  }
  if (actionBenchmark !== undefined) {
    written.push(...writeActionBenchmarks(actionBenchmarks([summary]), actionBenchmark));
  }
  if (jobSummary !== undefined) {
    append(jobSummary, renderJobSummary(findings));
    written.push(jobSummary);
  }
  return written;
}

function append(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    appendFileSync(path, text);
  } catch (thrown) {
    throw new BenchError(`cannot write ${path}: ${messageOf(thrown)}`, 'choose a file that can be written', {
      cause: thrown,
    });
  }
}
