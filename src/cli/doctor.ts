// `npm run doctor`: what this machine is, which target a run on it may claim, which providers work and what the others
// lack, whether the settings of a run act, whether it is quiet enough to measure, and what a run would therefore be
// worth. Measures nothing itself; done in about three seconds.
import { EXIT } from '../core/errors.ts';
import { resultsFolder } from '../core/places.ts';
import { spelled } from '../core/spelling.ts';
import { JSON_FLAG, wholeNumber, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';
import { diagnose } from './doctor/diagnosis.ts';
import { describeDiagnosis } from './doctor/text.ts';

const USAGE = {
  name: 'doctor',
  summary: 'Says what this machine is, what works here, and what a run here would be worth.',
  flags: {
    threads: { type: 'string', value: 'N', help: 'threads that you want to measure with (default 1)' },
    out: {
      type: 'string',
      value: 'DIR',
      path: true,
      help: 'where the results would go, to look for free space there (default results)',
    },
    ...JSON_FLAG,
  },
} as const satisfies Usage;

export const command = commandOf(USAGE, async ({ values }) => {
  const folder = values.out ?? resultsFolder();
  const diagnosis = await diagnose(wholeNumber('threads', values.threads ?? '1', 1), folder);
  process.stdout.write(values.json === true ? jsonText(diagnosis) : spelled(describeDiagnosis(diagnosis)));
  return EXIT.ok;
});
