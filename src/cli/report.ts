// `npm run report`: makes the reports of a run again from its summary.json. Reads and checks everything before it
// writes anything, so that a damaged results file leaves an earlier report as it was.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import type { Summary } from '../core/schema/summary.ts';
import { writeExports } from '../report/exports/index.ts';
import { findingsOf, renderTable, writeReport } from '../report/index.ts';
import { readSummary } from '../store/summaryFile.ts';
import type { Parsed, Usage } from './args.ts';
import { commandOf } from './command.ts';

const USAGE = {
  name: 'report',
  summary: 'Makes the table, the HTML page, summary.md and the PNG charts of a run.',
  operands: '[RUN_DIR|SUMMARY.json]',
  flags: {
    out: { type: 'string', value: 'DIR', help: 'where to write; default: reports/RUN_ID' },
    'results-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where to look for the newest run; default: results',
    },
    csv: { type: 'string', value: 'FILE', help: 'also write all rows as CSV, numbers unrounded' },
    gab: {
      type: 'string',
      value: 'FILE',
      help: 'also write github-action-benchmark JSON: bigger is better; and smaller is better in *.smaller.json',
    },
    'job-summary': {
      type: 'string',
      value: 'FILE',
      help: 'also append the Markdown to FILE, e.g. "$GITHUB_STEP_SUMMARY"',
    },
  },
  notes: ['Without a run, the newest one under the results folder.'],
} as const satisfies Usage;

/** The run whose summary was written last. */
export function newestRun(resultsDir: string): string {
  const runs = existsSync(resultsDir) ? readdirSync(resultsDir) : [];
  const summaries = runs
    .map((name) => join(resultsDir, name, 'summary.json'))
    .filter((file) => existsSync(file))
    .map((file) => ({ file, at: statSync(file).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  const [newest] = summaries;
  if (newest === undefined) {
    throw new BenchError(`no finished run under ${resultsDir}`, 'npm run bench, or name a run folder');
  }
  return newest.file;
}

/** A run's id becomes a folder name, so it may not lead out of the reports folder. */
function defaultOut(summary: Summary): string {
  const { id } = summary.run;
  if (!/^\w[\w.-]*$/.test(id) || basename(id) !== id) {
    throw new BenchError(`run id "${id}" cannot be a folder name`, 'give --out DIR');
  }
  return join(reportsFolder(), id);
}

async function run({ values, operands }: Parsed<typeof USAGE.flags>): Promise<number> {
  if (operands.length > 1)
    throw new BenchError(`report takes one run, not ${operands.length}`, 'npm run report -- --help');
  const results = values['results-dir'] ?? resultsFolder();
  const summary = readSummary(operands[0] ?? newestRun(results));
  const findings = findingsOf(summary);
  const report = await writeReport(findings, values.out ?? defaultOut(summary));
  const exported = writeExports(summary, findings, {
    csv: values.csv,
    actionBenchmark: values.gab,
    jobSummary: values['job-summary'],
  });
  process.stdout.write(`${renderTable(findings)}\n`);
  for (const note of report.notes) process.stderr.write(`${note}\n`);
  const charts = report.pngs.length === 0 ? [] : [`${report.pngs.length} charts beside it`];
  for (const path of [report.html, report.markdown, ...exported]) process.stdout.write(`${shown(path)}\n`);
  if (charts.length > 0) process.stdout.write(`${charts.join('')}\n`);
  return EXIT.ok;
}

/** Short where the path is below the current folder. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

export const command = commandOf(USAGE, run);
