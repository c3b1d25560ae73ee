// How much a quantity of a cell changed from the base runs to the new run, and how surprising that is. Two levels: a run
// is a night with an effect of its own, its blocks scatter around that. With logarithms y of block b in night k,
//   y_kb = mu + a_k + e_kb,   Var a = tau^2,   Var e = sigma^2,
// the estimate is the new night's mean minus the mean of the K base nights' means, and its variance
//   V = tau^2 (1 + 1/K) + sigma^2 (1/m + h/K),   h = mean of 1/n_k,
// m and n_k being the numbers of blocks (Searle, Casella & McCulloch 1992, chapter 3). Blocks of all nights are never
// treated as one heap: with tau > 0 that would promise more than nights can hold. Degrees of freedom: Satterthwaite 1946.
import type { Interval } from '../core/schema/group.ts';
import { combined, moderated, MOST_DEGREES, type Spread } from '../stats/moderation.ts';
import { mean, sum } from '../stats/samples.ts';
import { student95, studentTail } from '../stats/student.ts';
import type { GateRules } from './rules.ts';

/** `ratio`: taken within a block, so the machine's pace cancels. `speed`: absolute. */
export type SeriesKind = keyof GateRules['nights'];

/** Positive values, larger is better: one a block, by night. */
export interface Series {
  readonly kind: SeriesKind;
  readonly base: readonly (readonly number[])[];
  readonly next: readonly number[];
}

export interface Change {
  /** New relative to base, with its 95 % interval, not adjusted for the number of cells. */
  readonly ratio: Interval;
  /** Two-sided, of no change at all. */
  readonly pValue: number;
  /** Standard error of the difference of mean logarithms. */
  readonly standardError: number;
  readonly degrees: number;
}

type NightRules = Pick<GateRules, 'nights' | 'runsThatTellNights'>;

/** Changes of a whole sweep, because cells share what they know of spread. Null where blocks are too few for an interval. */
export function changesOf(sweep: readonly Series[], rules: NightRules): (Change | null)[] {
  const levels = sweep.map(levelsOf);
  const changes = new Map<Series, Change>();
  for (const kind of ['ratio', 'speed'] as const) {
    const known = sweep.flatMap((series, index) => {
      const own = levels[index];
      return series.kind === kind && own !== undefined && own !== null ? [{ series, own }] : [];
    });
    const blocks = moderated(known.map(({ own }) => own.within));
    const judged = known.map(({ series, own }, index) => ({
      ...{ series, own },
      block: blocks[index] ?? own.within,
    }));
    const nightly = nightSpread(kind, judged, rules);
    for (const { series, own, block } of judged)
      changes.set(series, changeOf(own, block, nightly(own, block)));
  }
  return sweep.map((series) => changes.get(series) ?? null);
}

interface Levels {
  readonly difference: number;
  /** Base nights, and the mean of 1 / (their blocks). */
  readonly nights: number;
  readonly inverseBlocks: number;
  readonly nextBlocks: number;
  readonly within: Spread;
  /** Between the means of the base nights; 0 with one. */
  readonly between: number;
}

function levelsOf({ base, next }: Series): Levels | null {
  const nights = base.filter((values) => values.length > 0).map((values) => values.map(Math.log));
  const after = next.map(Math.log);
  const all = [...nights, after];
  const degrees = sum(all.map((values) => values.length - 1));
  if (nights.length === 0 || after.length < 2 || degrees < 2) return null;
  const means = nights.map(mean);
  return {
    difference: mean(after) - mean(means),
    nights: nights.length,
    inverseBlocks: mean(nights.map((values) => 1 / values.length)),
    nextBlocks: after.length,
    within: { variance: sum(all.map(squares)) / degrees, degrees },
    between: means.length < 2 ? 0 : squares(means) / (means.length - 1),
  };
}

interface Judged {
  readonly own: Levels;
  readonly block: Spread;
}

/** tau^2 of a cell: what its base nights show, combined with what is known from the sweep or from the rules. */
function nightSpread(
  kind: SeriesKind,
  sweep: readonly Judged[],
  { nights, runsThatTellNights }: NightRules,
): (own: Levels, block: Spread) => Spread {
  const told = sweep.filter(({ own }) => own.nights >= runsThatTellNights);
  const common = told.length === 0 ? 0 : Math.max(0, mean(told.map(({ own, block }) => excess(own, block))));
  const { sd, degrees } = nights[kind];
  return (own, block) => {
    const shown = { variance: Math.max(0, excess(own, block)), degrees: own.nights - 1 };
    if (own.nights < runsThatTellNights) return combined({ variance: sd ** 2, degrees }, shown);
    // Ratios of different cells share part of a night; speeds share all of it, so there the sweep knows no more.
    const worth = kind === 'ratio' ? 2 * (own.nights - 1) : 0;
    return combined({ variance: common, degrees: worth }, shown);
  };
}

/** What the nights' means scatter more than their blocks explain. */
function excess({ between, nights, inverseBlocks }: Levels, block: Spread): number {
  return nights < 2 ? 0 : between - block.variance * inverseBlocks;
}

function changeOf(own: Levels, block: Spread, night: Spread): Change {
  const nightPart = night.variance * (1 + 1 / own.nights);
  const blockPart = block.variance * (1 / own.nextBlocks + own.inverseBlocks / own.nights);
  const variance = nightPart + blockPart;
  const standardError = Math.sqrt(variance);
  const doubt = part(nightPart, night.degrees) + part(blockPart, block.degrees);
  const degrees = doubt === 0 ? MOST_DEGREES : Math.max(1, Math.min(MOST_DEGREES, variance ** 2 / doubt));
  const half = student95(degrees) * standardError;
  const { difference } = own;
  const ratio = {
    median: Math.exp(difference),
    low: Math.exp(difference - half),
    high: Math.exp(difference + half),
  };
  return { ratio, pValue: pOf(difference, standardError, degrees), standardError, degrees };
}

function part(variance: number, degrees: number): number {
  return variance === 0 ? 0 : variance ** 2 / degrees;
}

function pOf(difference: number, standardError: number, degrees: number): number {
  if (standardError === 0) return difference === 0 ? 1 : 0;
  return studentTail(difference / standardError, degrees);
}

function squares(values: readonly number[]): number {
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2));
}
