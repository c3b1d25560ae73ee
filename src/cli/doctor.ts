// `npm run doctor`: what this machine is, which target a run on it may claim, which providers work and what the others
// lack, whether the settings of a run act, whether it is quiet enough to measure, and what a run would therefore be
// worth. Measures nothing itself; done in about three seconds.
import { resolve } from 'node:path';
import { EXIT } from '../core/errors.ts';
import { resultsFolder } from '../core/places.ts';
import { spelled } from '../core/spelling.ts';
import { wholeNumber, type Usage } from './args.ts';
import { commandOf } from './command.ts';
import { diagnose } from './doctor/diagnosis.ts';
import { describeDiagnosis } from './doctor/text.ts';

const USAGE = {
  name: 'doctor',
  summary: 'Says what this machine is, what works here, and what a run here would be worth.',
  flags: {
    json: { type: 'boolean', help: 'print one JSON object instead of text' },
    threads: { type: 'string', value: 'N', help: 'threads that you mean to measure with (default 1)' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'where results would go, for the free space (default results)',
    },
  },
} as const satisfies Usage;

export const command = commandOf(USAGE, async ({ values }) => {
  const folder = values.out === undefined ? resultsFolder() : resolve(values.out);
  const diagnosis = await diagnose(wholeNumber('threads', values.threads ?? '1', 1), folder);
  process.stdout.write(
    values.json === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : spelled(describeDiagnosis(diagnosis)),
  );
  return EXIT.ok;
});
