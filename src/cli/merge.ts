// `npm run merge`.
import { BenchError } from '../core/errors.ts';
import type { Usage } from './args.ts';
import { commandOf } from './command.ts';

const USAGE = { name: 'merge', summary: 'Not built yet.', flags: {} } as const satisfies Usage;

export const command = commandOf(USAGE, () => {
  throw new BenchError('merge is not built yet');
});
