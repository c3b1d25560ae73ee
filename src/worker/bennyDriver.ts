// benny drives the loop of a time block: one case, whose one iteration is a round, or several short ones, since between
// iterations benchmark pauses for 4 to 5 ms by a timer, which it does not count towards `maxTime`. benny's own result is
// only a cross-check, since it averages and sorts; the stamps are taken inside the round. Read in benny 3.7.1 and
// benchmark 2.1.4: `minTime` near zero keeps a sample at one iteration; a case ends when it has `minSamples` and
// `maxTime` seconds are over, which is the rule we want; the case is called once, not awaited, before anything is
// timed (the first call below does nothing); a rejecting case ends the process's loop in silence (ours never
// rejects); and it prints on stdout, which here belongs to the result.
import benny from 'benny';

export interface DriveOptions {
  /** Rounds that are measured even when the time is over. */
  readonly minRounds: number;
  /** Time for all rounds. */
  readonly budgetMs: number;
}

/** Both zero if a round ended the loop: benchmark forgets the samples of a case that is aborted. */
export interface DriveReport {
  readonly iterations: number;
  /** Time of all rounds by benny's clock. */
  readonly totalMs: number;
}

/**
 * @param round resolves to whether to go on.
 * @throws what a round threw, after the loop has been ended.
 */
export async function driveWithBenny(
  round: () => Promise<boolean>,
  options: DriveOptions,
): Promise<DriveReport> {
  let calls = 0;
  let rounds = 0;
  let goOn = true;
  const errors: unknown[] = [];
  const firstMs = performance.now();
  const endMs = firstMs + options.budgetMs;
  const latestMs = LATENESS * options.budgetMs + LATE_MS;
  const step = async (): Promise<void> => {
    if (calls++ === 0) return;
    const start = performance.now();
    do {
      goOn = await round().catch((thrown: unknown) => {
        errors.push(thrown);
        return false;
      });
      rounds++;
      goOn &&= rounds < options.minRounds || performance.now() - firstMs < latestMs;
    } while (
      goOn &&
      rounds >= options.minRounds &&
      performance.now() < Math.min(start + LEAST_ITERATION_MS, endMs)
    );
  };
  const limits = {
    ...ONE_CALL,
    minSamples: options.minRounds,
    maxTime: Math.max(options.budgetMs, 1) / 1000,
    // Passed through to benchmark, where `this` is the case; benny's typings leave it out.
    onCycle(this: { abort(): void }) {
      if (!goOn) this.abort();
    },
  };
  const summary = await silently(() =>
    benny.suite(
      'block',
      benny.add('round', () => step, limits),
    ),
  );
  if (errors.length > 0) throw errors[0];
  const [result] = summary.results;
  const iterations = result?.samples ?? 0;
  return { iterations, totalMs: (result?.details.mean ?? 0) * iterations * 1000 };
}

/**
 * benchmark asks the wall clock whether `maxTime` is over (2.1.4), so a clock that is set back would keep a case going
 * for hours. Its own rule has ended it long before this one in any other case.
 */
const LATENESS = 1.5;
const LATE_MS = 1000;

/** The pause is a hundredth of it. */
const LEAST_ITERATION_MS = 400;

const ONE_CALL = { minTime: 1e-9, initCount: 1, delay: 0 };

/** Runs with console.log going nowhere. */
async function silently<T>(action: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = (): void => undefined;
  try {
    return await action();
  } finally {
    console.log = log;
  }
}
