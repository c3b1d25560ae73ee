// `npm run compare`: a new run against one run, or against the last runs of the same machine; leaves with 3 when
// something got worse. Suspected regressions are measured again here and now, if this is the machine and the code.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rollingBaseline } from '../compare/baseline.ts';
import { candidateGroups, confirmed, unconfirmed } from '../compare/confirmation.ts';
import type { Comparison } from '../compare/comparison.ts';
import { compareSummaries, type CompareOptions } from '../compare/gate.ts';
import { readGateRules, type GateRules } from '../compare/rules.ts';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice } from '../core/notices.ts';
import type { Group } from '../core/schema/group.ts';
import type { Summary } from '../core/schema/summary.ts';
import { comparisonFindings } from '../report/findings/comparison/comparison.ts';
import { comparisonMarkdown } from '../report/render/markdown/comparison.ts';
import { renderComparison } from '../report/render/terminal/comparison.ts';
import { readRunSeries } from '../store/runSeries.ts';
import { readSummary } from '../store/summaryFile.ts';
import { JSON_FLAG, wholeNumber, type Parsed, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';

const USAGE = {
  name: 'compare',
  summary: 'Compares a run with earlier ones cell by cell; exit code 3 when something got worse.',
  operands: 'BASE NEW',
  flags: {
    threshold: { type: 'string', value: 'P', help: 'the smallest change that matters, e.g. 2%' },
    alpha: {
      type: 'string',
      value: 'P',
      help: 'the probability of a false alarm anywhere in the sweep, e.g. 5%',
    },
    last: { type: 'string', value: 'N', help: 'the most runs to take from BASE if it is a folder of runs' },
    'no-confirm': {
      type: 'boolean',
      help: 'do not measure suspects again; each trips the gate',
    },
    'confirm-blocks': {
      type: 'string',
      value: 'N',
      help: 'blocks to measure a suspect again with (default: as many as NEW has)',
    },
    'allow-mixed': {
      type: 'boolean',
      help: 'allow runs of different machines; only ratios vs dense are compared then',
    },
    'allow-no-base': {
      type: 'boolean',
      help: 'exit with 0 if BASE is a folder that holds no run to compare with yet',
    },
    ...JSON_FLAG,
    markdown: { type: 'boolean', help: 'print Markdown, for a job summary' },
  },
  notes: [
    'NEW is the folder of a run, or its summary.json. BASE is one too, or a folder of runs, e.g. results. Of a folder, the last complete runs of the same machine that are older than NEW are taken, and the spread between nights is known as well as that between blocks.',
    "Three things count as worse. A speed-up vs dense, or the speed of dense itself, changed by more than the threshold and the group's noise floor, and the change is significant over all timings of the sweep (Holm). FLOPs, kept tokens, node counts, predictions or logits differ. A row that was ok is not ok now.",
    'A suspect is measured again in fresh processes, into NEW/confirm-1, if the machine, the code, the models and the texts are the same. Only what shows again is called a regression. bench/gate.json holds the rules and their defaults.',
    'Exit code: 0 no regression, 2 wrong usage or input, 3 a regression, a suspect that could not be measured again, or different results.',
  ],
  examples: ['compare -- results/BASE results/NEW', 'compare -- results results/NEW --threshold 2%'],
} as const satisfies Usage;

type Values = Parsed<typeof USAGE.flags>['values'];

async function run({ values, operands }: Parsed<typeof USAGE.flags>): Promise<number> {
  const [base, path, ...more] = operands.map(fromCaller);
  if (base === undefined || path === undefined || more.length > 0) {
    throw new BenchError(
      `compare takes two runs, BASE and NEW, not ${operands.length}`,
      'npm run compare -- results results/NEW',
    );
  }
  const rules = rulesOf(values);
  const options: CompareOptions = { allowMixed: values['allow-mixed'] === true, rules };
  const next = readSummary(path);
  const bases = readBases(base, next, options);
  if (bases.length === 0) return withoutBase(base, next, values);
  const comparison = await confirm(compareSummaries(bases, next, options), {
    bases,
    next,
    path,
    options,
    values,
  });
  process.stdout.write(rendered(comparison, values));
  return comparison.tripped ? EXIT.gate : EXIT.ok;
}

function rulesOf({ threshold, alpha, last }: Values): GateRules {
  const rules = readGateRules();
  return {
    ...rules,
    threshold: threshold === undefined ? rules.threshold : share('threshold', threshold),
    familyWiseError: alpha === undefined ? rules.familyWiseError : share('alpha', alpha),
    baselineRuns: last === undefined ? rules.baselineRuns : wholeNumber('last', last, 1),
  };
}

/** `1.5%` or `0.015`. */
function share(flag: string, text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (value > 0 && value < 1) return value;
  throw new BenchError(`--${flag} must be a share between 0 and 1, not "${text}"`, `--${flag} 2%`);
}

/** A folder with a summary is a run; any other folder holds runs. */
function readBases(path: string, next: Summary, { allowMixed, rules }: CompareOptions): Summary[] {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const isRun = ['summary.json', 'run.json'].some((file) => existsSync(join(path, file)));
  if (!isFolder || isRun) return [readSummary(path)];
  const { summaries, complaints } = readRunSeries(path);
  for (const line of complaints) notice(line);
  return rollingBaseline(summaries, next, { last: rules.baselineRuns, allowMixed });
}

function withoutBase(base: string, { run }: Summary, values: Values): number {
  const lack = `${base} holds no complete run of ${run.machine.fingerprint} with a common cell that is older than ${run.id}`;
  if (values['allow-no-base'] !== true) throw new BenchError(lack, '--allow-no-base passes a first run');
  notice(`${lack}: nothing to compare with yet`);
  return EXIT.ok;
}

interface Compared {
  readonly bases: readonly Summary[];
  readonly next: Summary;
  readonly path: string;
  readonly options: CompareOptions;
  readonly values: Values;
}

async function confirm(comparison: Comparison, compared: Compared): Promise<Comparison> {
  const groups = candidateGroups(comparison);
  if (groups.length === 0) return comparison;
  if (compared.values['no-confirm'] === true) return unconfirmed(comparison, 'turned off', '--no-confirm');
  const { bases, next, options } = compared;
  const fresh = await measureAgain(groups, compared);
  if (fresh.outcome === 'impossible') return unconfirmed(comparison, 'impossible', fresh.why);
  return confirmed(comparison, bases, next, fresh, options);
}

/** Imported here: a comparison without candidates needs no ONNX Runtime. */
async function measureAgain(groups: readonly Group[], { path, next, values }: Compared) {
  const { confirmRun } = await import('../run/confirm.ts');
  const { sourcesOf } = await import('../run/sources.ts');
  const { readMachine } = await import('../machine/fingerprint.ts');
  const { programCommit } = await import('../run/gitCommit.ts');
  const machine = await readMachine();
  const blocks = values['confirm-blocks'];
  const signal = onInterrupt();
  const fresh = await confirmRun({
    ...{ path, next, groups, machine },
    blocks: blocks === undefined ? null : wholeNumber('confirm-blocks', blocks, 2),
    gitCommit: await programCommit(),
    sourcesOf: (plan) => sourcesOf(plan, machine),
    signal,
  });
  if (!signal.aborted) return fresh;
  throw new BenchError(
    'interrupted before the suspects were measured again',
    'the same command begins again; --no-confirm decides without measuring',
    { exitCode: interruptedCode(signal) },
  );
}

function rendered(comparison: Comparison, { json, markdown }: Values): string {
  if (json === true) return jsonText(comparison);
  const findings = comparisonFindings(comparison);
  return markdown === true ? comparisonMarkdown(findings) : renderComparison(findings);
}

export const command = commandOf(USAGE, run);
