// The steps of one series, with what a person needs to act on them: between which runs and commits, how large, for
// better or worse, and whether somebody has seen it already.
import type { Interval } from '../../core/schema/group.ts';
import { findChanges, findSteps } from '../../stats/steps.ts';
import { acknowledgedBy } from './acknowledged.ts';
import type { HistoryOptions, HistoryRun, Trend, TrendPoint, TrendStep } from './record.ts';
import type { Quantity } from './quantities.ts';

/** Nothing timed repeats better than this, so a series that happens to is not taken at its word. */
const QUIETEST = 5e-4;
export interface Series {
  readonly quantity: Quantity;
  readonly cell: string;
  /** Those that count as INVALID take no part. */
  readonly points: readonly TrendPoint[];
  readonly runs: readonly HistoryRun[];
}

export function levelsOf(series: Series, options: HistoryOptions): Pick<Trend, 'steps' | 'drift'> {
  const used = series.points.filter(({ verdict }) => verdict !== 'INVALID');
  const { quantity } = series;
  const { found, drift } = quantity.kind === 'timed' ? timedLevels(used) : computedLevels(quantity, used);
  const steps = found.flatMap(({ at, change }) => {
    const [before, after] = [used[at - 1], used[at]];
    if (before === undefined || after === undefined) return [];
    return describeStep(series, { change, before: before.run, after: after.run }, options) ?? [];
  });
  return { steps, drift };
}

interface Found {
  readonly found: readonly { readonly at: number; readonly change: Interval }[];
  readonly drift: number | null;
}

function timedLevels(points: readonly TrendPoint[]): Found {
  const { steps, drift } = findSteps(
    points.map(({ value }) => Math.log(value)),
    QUIETEST,
  );
  const found = steps.map(({ at, change: { median, low, high } }) => ({
    at,
    change: { median: Math.exp(median), low: Math.exp(low), high: Math.exp(high) },
  }));
  return { found, drift: drift === null ? null : Math.exp(drift) };
}

function computedLevels(quantity: Quantity, points: readonly TrendPoint[]): Found {
  const values = points.map(({ value }) => value);
  const found = findChanges(values).map((at) => {
    const [before, after] = [values[at - 1] ?? Number.NaN, values[at] ?? Number.NaN];
    const change = quantity.change === 'ratio' ? after / before : after - before;
    return { at, change: { median: change, low: change, high: change } };
  });
  return { found, drift: null };
}

function describeStep(
  { quantity, cell, runs }: Series,
  { change, before, after }: { readonly change: Interval; readonly before: number; readonly after: number },
  { acknowledged, threshold }: HistoryOptions,
): TrendStep | null {
  const [last, first] = [runs[before], runs[after]];
  if (last === undefined || first === undefined) return null;
  const neutral = quantity.change === 'ratio' ? 1 : 0;
  const rose = change.median > neutral;
  const direction = rose === (quantity.better === 'higher') ? 'better' : 'worse';
  const note = acknowledgedBy(acknowledged, cell, after, runs);
  const large = quantity.kind === 'computed' || Math.abs(Math.log(change.median)) > Math.log1p(threshold);
  return {
    lastBefore: last.id,
    firstAfter: first.id,
    run: after,
    commits: commitRange(last.gitCommit, first.gitCommit),
    change,
    direction,
    acknowledged: note,
    alarm: quantity.alarms && direction === 'worse' && large && note === null,
  };
}

/** As git takes it: `git log abc1234..def5678`. A tree with changes of its own keeps its mark. */
export function commitRange(before: string | null, after: string | null): string | null {
  if (before === null || after === null) return null;
  return `${shortCommit(before)}..${shortCommit(after)}`;
}

export function shortCommit(commit: string): string {
  const [hash = '', ...marks] = commit.split('-');
  return [hash.slice(0, 7), ...marks].join('-');
}
