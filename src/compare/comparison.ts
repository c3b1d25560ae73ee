// What a comparison says, cell by cell, and which of it is an alarm.
import type { Group, Interval } from '../core/schema/group.ts';
import type { Row } from '../core/schema/row.ts';
import type { ExactDifference, Likeness } from './exact.ts';

/**
 * `candidate`: significant and large, not (or not yet) measured again. `regression`: confirmed by fresh processes.
 * `not confirmed`: fresh processes did not show it.
 */
export type ChangeVerdict =
  'regression' | 'candidate' | 'not confirmed' | 'improvement' | 'no change shown' | 'not judged';

export interface TimingChange {
  readonly quantity: 'speed-up vs dense' | 'speed of dense (1 / p50)';
  /** New relative to base; below 1 is worse. The 95 % interval of this one cell. Null with too few blocks. */
  readonly change: Interval | null;
  /** Adjusted over all judged timings of the sweep (Holm); null where not judged. */
  readonly pAdjusted: number | null;
  /** Smallest relative change that counts. */
  readonly threshold: number;
  /** Smallest slow-down that this comparison finds with a probability of 0.8. */
  readonly detectable: number | null;
  readonly verdict: ChangeVerdict;
  /** The change in fresh processes, for a candidate that was measured again. */
  readonly confirmation: Interval | null;
}

export interface CellComparison {
  readonly cell: string;
  readonly group: Group;
  readonly timings: readonly TimingChange[];
  readonly exact: readonly ExactDifference[];
  /** Set when the row's status differs between the runs. */
  readonly status: {
    readonly base: Row['status'];
    readonly next: Row['status'];
    readonly reason: string;
  } | null;
}

export interface Confirmation {
  readonly outcome: 'done' | 'turned off' | 'impossible';
  /** Why it is impossible, or the folder of the fresh run. */
  readonly detail: string;
}

export interface Comparison {
  /** Ids of the base runs, ascending by start. */
  readonly base: readonly string[];
  readonly next: string;
  /** Only ratios within each run were compared. */
  readonly mixed: boolean;
  readonly likeness: Likeness;
  readonly cells: readonly CellComparison[];
  readonly onlyInBase: readonly string[];
  readonly onlyInNext: readonly string[];
  /** Timings that were judged, over which the significance is adjusted. */
  readonly judged: number;
  /** Family-wise error of those. */
  readonly alpha: number;
  /** Null without a candidate. */
  readonly confirmation: Confirmation | null;
  readonly tripped: boolean;
  readonly notes: readonly string[];
}

export function isTripped({ timings, exact, status }: CellComparison): boolean {
  const broke = status !== null && status.base === 'ok';
  return broke || exact.length > 0 || timings.some(isAlarm);
}

/** A candidate that nobody could confirm is an alarm, too: a gate must not pass in silence. */
export function isAlarm({ verdict }: TimingChange): boolean {
  return verdict === 'regression' || verdict === 'candidate';
}
