// What a new run is compared with: one run, or the last complete ones of the same machine among many (the rolling
// baseline). A rolling baseline follows slow change; a step is in it after some nights, and `npm run history` keeps it.
import { BenchError } from '../core/errors.ts';
import { cellKey } from '../core/keys.ts';
import type { Summary } from '../core/schema/summary.ts';

export interface BaselineOptions {
  /** Most runs to take. */
  readonly last: number;
  readonly allowMixed: boolean;
}

/** Ascending by start. Empty if no run of `runs` fits. */
export function rollingBaseline(
  runs: readonly Summary[],
  next: Summary,
  { last, allowMixed }: BaselineOptions,
): Summary[] {
  const cells = new Set(next.rows.map(cellKey));
  const fitting = runs.filter(({ run, rows }) => {
    const sameMachine = run.machine.fingerprint === next.run.machine.fingerprint;
    const older = run.id !== next.run.id && Date.parse(run.startedAt) < Date.parse(next.run.startedAt);
    return (
      run.status === 'complete' &&
      older &&
      (sameMachine || allowMixed) &&
      rows.some((row) => cells.has(cellKey(row)))
    );
  });
  const ascending = fitting.toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt));
  // Only runs of one machine are nights of one series: of this one if there are any, else of the newest run's.
  const own = ascending.filter((base) => !isMixed(base, next));
  if (own.length > 0) return own.slice(-last);
  const machine = ascending.at(-1)?.run.machine.fingerprint;
  return ascending.filter(({ run }) => run.machine.fingerprint === machine).slice(-last);
}

const MIXED = '--allow-mixed compares only their ratios vs dense';

/** Times of two machines are not comparable; only ratios taken within each run are. */
export function requireSameMachine(base: Summary, next: Summary): void {
  if (!isMixed(base, next)) return;
  const [one, other] = [base.run.machine, next.run.machine];
  if (one.fingerprint === other.fingerprint) {
    throw new BenchError(`run ${base.run.id} or ${next.run.id} was merged from different machines`, MIXED);
  }
  throw new BenchError(
    `the runs are from different machines: ${one.label} (${one.fingerprint}) and ${other.label} (${other.fingerprint})`,
    MIXED,
  );
}

/** Whether anything but ratios would compare one machine with another. */
export function isMixed(base: Summary, next: Summary): boolean {
  const machines = [base, next].flatMap(({ run }) => [run.machine, ...(run.machines ?? [])]);
  return new Set(machines.map(({ fingerprint }) => fingerprint)).size > 1;
}
