// `npm run history`: the runs of a folder as trends, with steps and their commit range; leaves with 3, if asked to,
// when a step for the worse is not acknowledged.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readGateRules } from '../compare/rules.ts';
import { readJson } from '../core/atomicFile.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import { reportsFolder, resultsFolder } from '../core/places.ts';
import {
  acknowledgementsSchema,
  historyOf,
  renderHistoryText,
  requireKnownRuns,
  stepsIn,
  writeHistory,
  type Acknowledgement,
} from '../report/history/index.ts';
import { readRunSeries } from '../store/runSeries.ts';
import type { Parsed, Usage } from './args.ts';
import { commandOf } from './command.ts';

const USAGE = {
  name: 'history',
  summary: 'Trends over the runs of a folder: pages, steps with their commit range, history.json.',
  operands: '[DIR]',
  flags: {
    out: { type: 'string', value: 'DIR', help: 'where to write; default: reports/history' },
    json: { type: 'boolean', help: 'print history.json instead of the list of steps' },
    'exit-on-step': { type: 'boolean', help: 'exit code 3 when a step is an alarm' },
  },
  notes: [
    'DIR (default results) holds runs, or folders of runs: DIR/RUN or DIR/MACHINE/RUN.',
    'An alarm is a step for the worse of speed, accuracy or FLOPs, beyond the threshold of bench/gate.json, that',
    'DIR/acknowledged.json does not cover: [{ "run": "newest run looked at", "cell": "part of its name", "note": "why" }]',
  ],
} as const satisfies Usage;

function run({ values, operands }: Parsed<typeof USAGE.flags>): number {
  const [dir = resultsFolder(), ...more] = operands;
  if (more.length > 0) {
    throw new BenchError(`history takes one folder, not ${operands.length}`, 'npm run history -- --help');
  }
  const series = readRunSeries(dir);
  for (const complaint of series.complaints) process.stderr.write(`left out: ${complaint}\n`);
  if (series.summaries.length === 0) {
    throw new BenchError(
      `no finished run under ${dir}`,
      'npm run bench -- --out DIR, or name another folder',
    );
  }
  const acknowledged = readAcknowledged(
    dir,
    series.summaries.map(({ run: { id } }) => id),
  );
  const history = historyOf(series, { acknowledged, threshold: readGateRules().threshold });
  const files = writeHistory(history, series.summaries, values.out ?? join(reportsFolder(), 'history'));
  if (values.json === true) process.stdout.write(`${JSON.stringify(history, null, 2)}\n`);
  else process.stdout.write(`${renderHistoryText(history)}\n${files.map(shown).join('\n')}\n`);
  const alarmed = stepsIn(history.machines).some(({ step }) => step.alarm);
  return alarmed && values['exit-on-step'] === true ? EXIT.gate : EXIT.ok;
}

function readAcknowledged(dir: string, ids: readonly string[]): readonly Acknowledgement[] {
  const path = join(dir, 'acknowledged.json');
  if (!existsSync(path)) return [];
  const acknowledged = readJson(path, acknowledgementsSchema, 'acknowledgements');
  requireKnownRuns(acknowledged, ids);
  return acknowledged;
}

/** Short where the path is below the current folder. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

export const command = commandOf(USAGE, run);
