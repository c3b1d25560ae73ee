// Ctrl-C once ends the run in good order; a second time ends the program at once, which is Node's own behaviour. A
// terminal that is closed (SIGHUP) and a scheduler that stops a container (SIGTERM) are taken for the same wish.
import { constants } from 'node:os';
import { notice } from '../core/notices.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted at the first SIGINT, SIGTERM or SIGHUP, which is the reason. @param message says what becomes of the work. */
export function onInterrupt(message = 'interrupted: keeping what is finished'): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      notice(`\n${message}; press Ctrl-C again to leave at once`);
      controller.abort(signal);
    });
  }
  return controller.signal;
}

/** The exit code of a program that such a signal has ended, as shells count it: 128 and its number; of Ctrl-C 130. */
export function interruptedCode({ reason }: AbortSignal): number {
  const signal = SIGNALS.find((name) => name === reason) ?? 'SIGINT';
  return 128 + constants.signals[signal];
}
