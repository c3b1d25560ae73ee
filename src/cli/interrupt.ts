// Ctrl-C once ends the run in good order; a second time ends the program at once, which is Node's own behaviour. A
// terminal that is closed (SIGHUP) and a scheduler that stops a container (SIGTERM) are taken for the same wish.

/** Aborted at the first SIGINT, SIGTERM or SIGHUP. @param message says what becomes of the work. */
export function onInterrupt(message = 'interrupted: keeping what is finished'): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    process.stderr.write(`\n${message}; press Ctrl-C again to leave at once\n`);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, abort);
  return controller.signal;
}
