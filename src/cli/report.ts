// `npm run report`: makes the reports of a run again from its summary.json. Reads and checks everything before it
// writes anything, so that a damaged results file leaves an earlier report as it was.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice } from '../core/notices.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import type { Summary } from '../core/schema/summary.ts';
import { writeExports } from '../report/exports/index.ts';
import { findingsOf, renderTable, writeReport } from '../report/index.ts';
import { readSummary } from '../store/summaryFile.ts';
import { JSON_FLAG, type Parsed, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';

const USAGE = {
  name: 'report',
  summary: 'Makes the table, the HTML page, summary.md and the PNG charts of a run.',
  operands: '[RUN]',
  flags: {
    out: { type: 'string', value: 'DIR', path: true, help: 'where to write (default reports/RUN)' },
    'results-dir': {
      type: 'string',
      value: 'DIR',
      path: true,
      help: 'where to look for the newest run (default results)',
    },
    ...JSON_FLAG,
    csv: { type: 'string', value: 'FILE', path: true, help: 'write all rows as CSV too, without rounding' },
    gab: {
      type: 'string',
      value: 'FILE',
      path: true,
      help: 'write JSON for github-action-benchmark too: what is better when it is bigger, and in *.smaller.json the rest',
    },
    'job-summary': {
      type: 'string',
      value: 'FILE',
      path: true,
      help: 'append the Markdown to FILE too, e.g. "$GITHUB_STEP_SUMMARY"',
    },
  },
  notes: ['RUN is the folder of a run, or its summary.json. Without it, the newest run is taken.'],
  examples: ['report', 'report -- results/20260102-030405-abcdef --csv rows.csv'],
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
    throw new BenchError(`report takes one run, not ${operands.length}`, 'npm run report -- results/RUN');
  const results = values['results-dir'] ?? resultsFolder();
  const summary = readSummary(operands[0] === undefined ? newestRun(results) : fromCaller(operands[0]));
  const findings = findingsOf(summary);
  const report = await writeReport(findings, values.out ?? defaultOut(summary));
  const exported = writeExports(summary, findings, {
    csv: values.csv,
    actionBenchmark: values.gab,
    jobSummary: values['job-summary'],
  });
  for (const note of report.notes) notice(note);
  const charts = report.pngs.length === 0 ? [] : [`${report.pngs.length} charts beside it`];
  const written = [...[report.html, report.markdown, ...exported].map(shown), ...charts];
  if (values.json === true) {
    process.stdout.write(jsonText(summary));
    for (const line of written) notice(line);
  } else process.stdout.write(`${[renderTable(findings), ...written].join('\n')}\n`);
  return EXIT.ok;
}

/** Short where the path is below the current folder. */
function shown(path: string): string {
  const near = relative(fromCaller('.'), path);
  return near.startsWith('..') ? path : near;
}

export const command = commandOf(USAGE, run);
