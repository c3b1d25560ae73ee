// `npm run merge`: makes one run of the runs of a plan's parts (`bench --shard I/N`). Reads and checks everything
// before it writes anything, and writes into a folder of its own only.
import { join, resolve } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice } from '../core/notices.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import { spelled } from '../core/spelling.ts';
import type { Summary } from '../core/schema/summary.ts';
import { blocksOf, mergeParts, type Merged } from '../run/merge.ts';
import { readPart } from '../run/mergePart.ts';
import { hasFailures, summarise } from '../rows/summary.ts';
import { RunFolder } from '../store/runFolder.ts';
import type { Findings } from '../report/index.ts';
import { JSON_FLAG, type Parsed, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';

const USAGE = {
  name: 'merge',
  summary: 'Makes one run of the parts that bench --shard I/N has measured.',
  operands: 'RUN RUN...',
  flags: {
    out: {
      type: 'string',
      value: 'DIR',
      path: true,
      help: 'where runs are stored, the merged one too (default results)',
    },
    partial: { type: 'boolean', help: 'allow parts to be missing or unfinished' },
    'allow-mixed': {
      type: 'boolean',
      help: 'allow parts from different machines: ratios hold, but the times of different groups do not compare',
    },
    ...JSON_FLAG,
    'no-report': { type: 'boolean', help: 'write no HTML report' },
  },
  notes: [
    'RUN is the id of a run under DIR, or the path of its folder. The parts stay as they are.',
    'Exit code: 0 fine, 1 some cells failed, 2 wrong usage or input.',
  ],
  examples: ['merge -- night-0 night-1 night-2'],
} as const satisfies Usage;

async function run({ values, operands }: Parsed<typeof USAGE.flags>): Promise<number> {
  if (operands.length === 0)
    throw new BenchError('merge needs the runs of all parts', 'npm run merge -- RUN RUN');
  const outDir = values.out ?? resultsFolder();
  const options = { allowMixed: values['allow-mixed'] === true, partial: values.partial === true };
  const folders = operands.map((name) => RunFolder.open(outDir, name));
  const parts = folders.map((folder) => readPart(folder, options));
  const merged = mergeParts(parts, options, spelled(`npm run merge -- ${operands.join(' ')}`));
  const target = join(outDir, merged.run.id);
  if (folders.some(({ dir }) => resolve(dir) === target))
    throw new BenchError(`run ${merged.run.id} is merged already`, 'name the parts that it lacks, too');
  const { folder, summary } = write(outDir, merged);
  const { findingsOf, renderTable } = await import('../report/index.ts');
  const findings = findingsOf(summary);
  process.stdout.write(values.json === true ? jsonText(summary) : renderTable(findings));
  const reports =
    values.out === undefined ? join(reportsFolder(), merged.run.id) : join(folder.dir, 'report');
  if (values['no-report'] !== true) await report(findings, reports);
  notice(`run ${merged.run.id}: ${folder.dir}`);
  return hasFailures(summary, blocksOf(merged)) ? EXIT.failedCells : EXIT.ok;
}

/** The records last: without them the folder is not yet a run. */
function write(outDir: string, merged: Merged): { folder: RunFolder; summary: Summary } {
  const { run: record, plan } = merged;
  const obstacles = new Map(Object.entries(record.obstacles ?? {}));
  const summary = summarise(record, plan, obstacles, blocksOf(merged));
  const folder = RunFolder.named(outDir, record.id);
  folder.lock();
  try {
    folder.replaceBlocks(merged.blocks);
    folder.writeRun(record);
    folder.writeSummary(summary);
  } finally {
    folder.unlock();
  }
  return { folder, summary };
}

async function report(findings: Findings, folder: string): Promise<void> {
  const { writeReport } = await import('../report/index.ts');
  const { html, notes } = await writeReport(findings, folder);
  for (const note of notes) notice(note);
  notice(`report: ${html}`);
}

export const command = commandOf(USAGE, run);
