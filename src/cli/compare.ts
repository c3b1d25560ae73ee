// `npm run compare`: two runs against each other; leaves with 3 when something got worse.
import { compareSummaries } from '../compare/gate.ts';
import { BenchError, EXIT } from '../core/errors.ts';
import { renderComparison } from '../report/comparisonTable.ts';
import type { Parsed, Usage } from './args.ts';
import { commandOf } from './command.ts';
import { readSummary } from './report.ts';

const USAGE = {
  name: 'compare',
  summary: 'Compares two runs cell by cell; exit code 3 when something got worse.',
  operands: 'BASE NEW',
  flags: {
    'allow-mixed': {
      type: 'boolean',
      help: 'allow different machines; then only ratios vs dense are compared',
    },
    json: { type: 'boolean', help: 'print the comparison as JSON' },
  },
  notes: [
    'BASE and NEW are run folders or summary.json files.',
    'Worse is: a timing whose 95 % interval excludes 1 and whose change exceeds 3 % or twice the noise floor;',
    'any change of FLOPs, kept tokens or accuracy; a row that was ok and is not.',
  ],
} as const satisfies Usage;

function run({ values, operands }: Parsed<typeof USAGE.flags>): number {
  const [base, next, ...more] = operands;
  if (base === undefined || next === undefined || more.length > 0) {
    throw new BenchError(`compare takes two runs, not ${operands.length}`, 'npm run compare -- BASE NEW');
  }
  const comparison = compareSummaries(readSummary(base), readSummary(next), {
    allowMixed: values['allow-mixed'] === true,
  });
  const text =
    values.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison);
  process.stdout.write(text);
  return comparison.tripped ? EXIT.gate : EXIT.ok;
}

export const command = commandOf(USAGE, run);
