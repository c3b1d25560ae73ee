// `npm run compare`: a new run against one run, or against the last runs of the same machine; leaves with 3 when
// something got worse. Suspected regressions are measured again here and now, if this is the machine and the code.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rollingBaseline } from '../compare/baseline.ts';
import { candidateGroups, confirmed, unconfirmed } from '../compare/confirmation.ts';
import type { Comparison } from '../compare/comparison.ts';
import { compareSummaries, type CompareOptions } from '../compare/gate.ts';
import { readGateRules, type GateRules } from '../compare/rules.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import type { Group } from '../core/schema/group.ts';
import type { Summary } from '../core/schema/summary.ts';
import { comparisonFindings } from '../report/findings/comparison/comparison.ts';
import { comparisonMarkdown } from '../report/render/markdown/comparison.ts';
import { renderComparison } from '../report/render/terminal/comparison.ts';
import { readRunSeries } from '../store/runSeries.ts';
import { readSummary } from '../store/summaryFile.ts';
import { wholeNumber, type Parsed, type Usage } from './args.ts';
import { commandOf } from './command.ts';

const USAGE = {
  name: 'compare',
  summary: 'Compares a run with earlier ones cell by cell; exit code 3 when something got worse.',
  operands: 'BASE NEW',
  flags: {
    last: { type: 'string', value: 'N', help: 'most runs to take from a folder BASE' },
    threshold: { type: 'string', value: 'P', help: 'e.g. 2%: smallest change that matters' },
    alpha: { type: 'string', value: 'P', help: 'probability of a false alarm anywhere in the sweep' },
    'no-confirm': { type: 'boolean', help: 'do not measure candidates again; they trip the gate as such' },
    'confirm-blocks': { type: 'string', value: 'N', help: 'blocks of that rerun (as many as NEW has)' },
    'allow-mixed': {
      type: 'boolean',
      help: 'allow different machines; then only ratios vs dense are compared',
    },
    'allow-no-base': { type: 'boolean', help: 'leave with 0 if BASE is a folder without a fitting run yet' },
    json: { type: 'boolean', help: 'print the comparison as JSON' },
    markdown: { type: 'boolean', help: 'print it as Markdown, for a job summary' },
  },
  notes: [
    'NEW is a run folder or its summary.json. BASE is one, too, or a folder of runs, e.g. results: then the last',
    'complete runs of the same machine that are older than NEW are the base, and nights are told from blocks.',
    '',
    'Worse is: a speed-up vs dense, or the speed of dense itself, that changed by more than the threshold (and the',
    "group's noise floor) and significantly so over all timings of the sweep (Holm); any other FLOPs, kept tokens,",
    'node counts, predictions or logits; a row that was ok and is not.',
    'Candidates are measured again in fresh processes into NEW/confirm-1, where this is the same machine, code,',
    'models and texts; only what shows again is called a regression. Rules and defaults are in bench/gate.json.',
    'Exit code: 0 no regression, 2 wrong usage or input, 3 regression, unconfirmed candidate, or other results.',
  ],
} as const satisfies Usage;

type Values = Parsed<typeof USAGE.flags>['values'];

async function run({ values, operands }: Parsed<typeof USAGE.flags>): Promise<number> {
  const [base, path, ...more] = operands;
  if (base === undefined || path === undefined || more.length > 0) {
    throw new BenchError(`compare takes two runs, not ${operands.length}`, 'npm run compare -- BASE NEW');
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
  for (const line of complaints) process.stderr.write(`${line}\n`);
  return rollingBaseline(summaries, next, { last: rules.baselineRuns, allowMixed });
}

function withoutBase(base: string, { run }: Summary, values: Values): number {
  const lack = `${base} holds no complete run of ${run.machine.fingerprint} with a common cell that is older than ${run.id}`;
  if (values['allow-no-base'] !== true) throw new BenchError(lack, '--allow-no-base passes a first run');
  process.stderr.write(`${lack}: nothing to compare with yet\n`);
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
  const { onInterrupt } = await import('./interrupt.ts');
  const machine = await readMachine();
  const blocks = values['confirm-blocks'];
  return confirmRun({
    ...{ path, next, groups, machine },
    blocks: blocks === undefined ? null : wholeNumber('confirm-blocks', blocks, 2),
    gitCommit: await programCommit(),
    sourcesOf: (plan) => sourcesOf(plan, machine),
    signal: onInterrupt(),
  });
}

function rendered(comparison: Comparison, { json, markdown }: Values): string {
  if (json === true) return `${JSON.stringify(comparison, null, 2)}\n`;
  const findings = comparisonFindings(comparison);
  return markdown === true ? comparisonMarkdown(findings) : renderComparison(findings);
}

export const command = commandOf(USAGE, run);
