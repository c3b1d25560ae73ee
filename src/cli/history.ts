// `npm run history`: the runs of a folder as trends, with steps and their commit range; leaves with 3, if asked to,
// when a step for the worse is not acknowledged.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readGateRules } from '../compare/rules.ts';
import { readJson } from '../core/atomicFile.ts';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice } from '../core/notices.ts';
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
import { JSON_FLAG, type Parsed, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';

const USAGE = {
  name: 'history',
  summary: 'Trends over the runs of a folder: pages, steps with their commit range, history.json.',
  operands: '[DIR]',
  flags: {
    out: { type: 'string', value: 'DIR', path: true, help: 'where to write (default reports/history)' },
    ...JSON_FLAG,
    'exit-on-step': { type: 'boolean', help: 'exit with 3 if a step is an alarm' },
  },
  notes: [
    'DIR (default results) holds runs, or folders of runs: DIR/RUN or DIR/MACHINE/RUN.',
    'An alarm is a step of speed, accuracy or FLOPs for the worse, larger than the threshold in bench/gate.json, that DIR/acknowledged.json does not cover. That file is a list of { "run": "newest run looked at", "cell": "part of its name", "note": "why" }.',
    'Exit code: 0 fine, 2 wrong usage or input, 3 an alarm (with --exit-on-step).',
  ],
} as const satisfies Usage;

function run({ values, operands }: Parsed<typeof USAGE.flags>): number {
  const [given, ...more] = operands;
  const dir = given === undefined ? resultsFolder() : fromCaller(given);
  if (more.length > 0) {
    throw new BenchError(`history takes one folder, not ${operands.length}`, 'npm run history -- --help');
  }
  const series = readRunSeries(dir);
  for (const complaint of series.complaints) notice(`left out: ${complaint}`);
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
  if (values.json === true) process.stdout.write(jsonText(history));
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
  const near = relative(fromCaller('.'), path);
  return near.startsWith('..') ? path : near;
}

export const command = commandOf(USAGE, run);
