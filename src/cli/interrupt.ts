// Ctrl-C once ends the run in good order; a second time ends the program at once, which is Node's own behaviour.

/** Aborted at the first SIGINT or SIGTERM. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    process.stderr.write('\ninterrupted: keeping what is finished; press Ctrl-C again to leave at once\n');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort);
  return controller.signal;
}
