// Where the level of a nightly series changed. The series is fitted by levels that hold for a stretch: the fit with
// the least loss plus a penalty for every change, found exactly by dynamic programming over a grid of levels (the
// values themselves), which allows any loss. The loss is Fearnhead & Rigaill's biweight (JASA 2019, "Changepoint
// Detection in the Presence of Outliers"): a night further off than K scales costs K^2 and no more, so that a lone
// bad night is no step, as it would be with squares (PELT, Killick et al. 2012) and nearly is with asv's L1.
import type { Interval } from '../core/schema/group.ts';
import { mean, median, quantile, sortSamples } from './samples.ts';
import { student95 } from './student.ts';

export interface LevelStep {
  /** Index of the first value on the new level. */
  readonly at: number;
  /** New level minus old, with a 95 % interval that takes the place of the step as given. */
  readonly change: Interval;
}

export interface LevelFit {
  /** In order; empty for a drift. */
  readonly steps: readonly LevelStep[];
  /** Change from one value to the next, where a line fits better than levels; else null. */
  readonly drift: number | null;
  /** Standard deviation of one value, from first differences: a step spoils one of them only. */
  readonly scale: number;
}

/** In scales; 3 is Fearnhead & Rigaill's choice. */
const OUTLIER = 3;
/**
 * What a step costs: the first times ln n, the second over n. A step has two parameters, its place and its size, so an
 * information criterion asks for 2 to 3 ln n. More, since hundreds of series are searched every night, and still more
 * of short ones, whose scale is guessed from few differences: of flat normal series of up to 20 nights at most 7 in a
 * thousand have a step, of longer ones 2. At 40 nights it takes 3 of them to end a series on another level.
 */
const PENALTY = 5.5;
const SHORT_PENALTY = 90;
/** Fewer values on a level are outliers, not a level. */
const SHORTEST_LEVEL = 3;
/** With fewer there is no telling a step from noise. */
export const FEWEST_VALUES = 2 * SHORTEST_LEVEL;

/** @param floor smallest scale, in the values' unit: what is not worth a step however quiet the series is. */
export function findSteps(values: readonly number[], floor: number): LevelFit {
  const scale = Math.max(floor, scaleOf(values));
  if (values.length < FEWEST_VALUES) return { steps: [], drift: null, scale };
  const penalty = PENALTY * Math.log(values.length) + SHORT_PENALTY / values.length;
  const { levels, used } = fitLongLevels(values, scale, penalty);
  const starts = startsOf(levels);
  if (starts.length === 0) return { steps: [], drift: null, scale };
  const points = used.map((index) => ({ x: index, y: values[index] ?? Number.NaN }));
  const lossOfLevels = lossSum(points, (_x, place) => levels[place] ?? Number.NaN, scale);
  const line = fitLine(points);
  const lossOfLine = lossSum(points, (x) => line.intercept + line.slope * x, scale);
  if (lossOfLine + penalty <= lossOfLevels + penalty * starts.length) {
    return { steps: [], drift: line.slope, scale };
  }
  return { steps: stepsOf(points, levels, starts, scale), drift: null, scale };
}

/** For what is computed and not timed: every difference beyond rounding is a change. @returns indices. */
export function findChanges(values: readonly number[]): number[] {
  return values.flatMap((value, index) => {
    const before = values[index - 1];
    if (before === undefined) return [];
    const same = Math.abs(value - before) <= 1e-9 * Math.max(Math.abs(value), Math.abs(before));
    return same ? [] : [index];
  });
}

/** Consistent for a normal series: the difference of two has sqrt(2) times the standard deviation of one. */
function scaleOf(values: readonly number[]): number {
  const differences = values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? value)));
  return differences.length === 0 ? 0 : (1.4826 * median(differences)) / Math.SQRT2;
}

/** The fit without stretches that are too short: their values are left out and the rest is fitted again. */
function fitLongLevels(
  values: readonly number[],
  scale: number,
  penalty: number,
): { levels: number[]; used: number[] } {
  for (let used = values.map((_, index) => index); ;) {
    const levels = fitLevels(
      used.map((index) => values[index] ?? Number.NaN),
      scale,
      penalty,
    );
    const bounds = [0, ...startsOf(levels), levels.length];
    const kept = used.filter((_, place) => {
      const next = bounds.findIndex((bound) => bound > place);
      return (bounds[next] ?? 0) - (bounds[next - 1] ?? 0) >= SHORTEST_LEVEL;
    });
    if (kept.length === used.length || kept.length < FEWEST_VALUES) return { levels, used };
    used = kept;
  }
}

/** @returns the level at each value. Time and memory grow with the square of their number. */
function fitLevels(values: readonly number[], scale: number, penalty: number): number[] {
  const grid = [...new Set(sortSamples(values))];
  let cost = grid.map(() => 0);
  const origins: number[][] = [];
  for (const value of values) {
    const cheapest = cost.reduce((best, now, index) => (now < (cost[best] ?? 0) ? index : best), 0);
    const jump = (cost[cheapest] ?? 0) + penalty;
    origins.push(cost.map((now, index) => (now <= jump ? index : cheapest)));
    cost = cost.map((now, index) => Math.min(now, jump) + biweight((value - (grid[index] ?? 0)) / scale));
  }
  let level = cost.reduce((best, now, index) => (now < (cost[best] ?? 0) ? index : best), 0);
  const levels: number[] = [];
  for (let place = values.length - 1; place >= 0; place--) {
    levels.push(grid[level] ?? Number.NaN);
    level = origins[place]?.[level] ?? level;
  }
  return levels.reverse();
}

function biweight(distance: number): number {
  return Math.min(distance ** 2, OUTLIER ** 2);
}

function startsOf(levels: readonly number[]): number[] {
  return levels.flatMap((level, index) => (index > 0 && level !== levels[index - 1] ? [index] : []));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function lossSum(points: readonly Point[], fit: (x: number, place: number) => number, scale: number): number {
  return points.reduce((total, { x, y }, place) => total + biweight((y - fit(x, place)) / scale), 0);
}

/** Theil & Sen: the median of all pairwise slopes. */
function fitLine(points: readonly Point[]): { slope: number; intercept: number } {
  const slopes = points.flatMap((a, index) => points.slice(index + 1).map((b) => (b.y - a.y) / (b.x - a.x)));
  const slope = quantile(sortSamples(slopes), 0.5);
  return { slope, intercept: median(points.map(({ x, y }) => y - slope * x)) };
}

function stepsOf(
  points: readonly Point[],
  levels: readonly number[],
  starts: readonly number[],
  scale: number,
): LevelStep[] {
  const bounds = [0, ...starts, points.length];
  const stretches = bounds.slice(1).map((end, index) => {
    const start = bounds[index] ?? 0;
    const level = levels[start] ?? Number.NaN;
    const near = points.slice(start, end).filter(({ y }) => Math.abs(y - level) <= OUTLIER * scale);
    return near.map(({ y }) => y);
  });
  return starts.map((start, index) => ({
    at: points[start]?.x ?? start,
    change: changeBetween(stretches[index] ?? [], stretches[index + 1] ?? []),
  }));
}

/** Difference of the means with Student's interval for two samples of one variance. */
function changeBetween(before: readonly number[], after: readonly number[]): Interval {
  const [old, young] = [mean(before), mean(after)];
  const squares = [...before.map((value) => value - old), ...after.map((value) => value - young)];
  const degrees = Math.max(1, squares.length - 2);
  const variance = squares.reduce((total, value) => total + value ** 2, 0) / degrees;
  const half = student95(degrees) * Math.sqrt(variance * (1 / before.length + 1 / after.length));
  return { median: young - old, low: young - old - half, high: young - old + half };
}
