// What history.json holds: machines, their runs, and for each cell and quantity the readings in order of time with the
// steps found in them. Declared apart from what makes it and from what draws it.
import type { Doubt, Validity } from '../../core/schema/doubt.ts';
import type { Cell, Interval } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import type { Acknowledgement } from './acknowledged.ts';
import type { Quantity, Reading } from './quantities.ts';

export const HISTORY_VERSION = 1;

export interface HistoryRun {
  readonly id: string;
  readonly startedAt: string;
  readonly gitCommit: string | null;
  readonly suite: string;
  readonly status: Summary['run']['status'];
  readonly validity: Validity;
  /** Of the run as a whole; those of its rows stand with the rows. */
  readonly doubts: readonly Doubt[];
}

export interface TrendPoint extends Reading {
  /** Index into the machine's runs. */
  readonly run: number;
  /** From the doubts of the row and of the whole run; other rows do not count. */
  readonly verdict: Validity['verdict'];
}

export interface TrendStep {
  /** Ids of the last run on the old level and the first on the new one. */
  readonly lastBefore: string;
  readonly firstAfter: string;
  /** Index of `firstAfter` in the machine's runs. */
  readonly run: number;
  /** e.g. `abc1234..def5678`; null where a run does not know its commit. */
  readonly commits: string | null;
  /** New over old as a ratio, or new minus old where the quantity changes by differences. */
  readonly change: Interval;
  readonly direction: 'better' | 'worse';
  /** Why it needs no alarm any more; null if nobody said so. */
  readonly acknowledged: string | null;
  /** Worse, large enough, not acknowledged, and of a quantity that alarms. */
  readonly alarm: boolean;
}

export interface Trend {
  readonly cell: string;
  readonly quantity: Quantity['id'];
  readonly points: readonly TrendPoint[];
  readonly steps: readonly TrendStep[];
  /** Change from one run to the next where the series drifts and has no steps: a ratio or a difference. */
  readonly drift: number | null;
  /** Readings that were left out because they were taken on other inputs than the newest. */
  readonly otherInputs: number;
}

export interface CellHistory {
  readonly cell: Cell;
  readonly key: string;
  readonly trends: readonly Trend[];
  /** The cell in the newest run that has it. */
  readonly newest: {
    readonly run: number;
    readonly status: Row['status'];
    readonly verdict: Validity['verdict'];
    readonly doubts: readonly string[];
  };
}

export interface MachineHistory {
  readonly fingerprint: string;
  readonly label: string;
  /** Ascending in time. */
  readonly runs: readonly HistoryRun[];
  readonly cells: readonly CellHistory[];
}

export interface History {
  readonly schemaVersion: typeof HISTORY_VERSION;
  /** The one with the newest run first. */
  readonly machines: readonly MachineHistory[];
  readonly complaints: readonly string[];
}

export interface HistoryOptions {
  readonly acknowledged: readonly Acknowledgement[];
  /** Smaller steps of a timed quantity are shown and do not alarm; a share. */
  readonly threshold: number;
}
