// The gated timings of a sweep: what is tested, how significant each change is over the whole sweep, which changes count,
// and how small a slow-down could have been found.
import { groupKey } from '../core/keys.ts';
import type { Group } from '../core/schema/group.ts';
import type { Row } from '../core/schema/row.ts';
import type { Summary } from '../core/schema/summary.ts';
import { holmAdjusted } from '../stats/holm.ts';
import { median } from '../stats/samples.ts';
import { studentBound, studentQuantile } from '../stats/student.ts';
import { changesOf, type Change, type Series } from './change.ts';
import type { ChangeVerdict, TimingChange } from './comparison.ts';
import type { Pair } from './pairing.ts';
import type { GateRules } from './rules.ts';

export interface Tested {
  readonly cell: string;
  readonly quantity: TimingChange['quantity'];
  readonly change: Change | null;
  readonly pAdjusted: number | null;
  readonly threshold: number;
}

export interface TestOptions {
  readonly mixed: boolean;
  readonly rules: GateRules;
  readonly floorOf: (group: Group) => number;
}

/** Every gated timing of the sweep: the ratio of each method, and the speed of dense, which carries the rest. */
export function testTimings(pairs: readonly Pair[], { mixed, rules, floorOf }: TestOptions): Tested[] {
  const gated = pairs.flatMap(({ cell, nights, next }) => {
    if (next.status !== 'ok' || nights.length === 0) return [];
    const threshold = Math.max(rules.threshold, rules.noiseFloorFactor * floorOf(next));
    const series = seriesOf(nights, next, mixed);
    return series === null ? [] : [{ cell, threshold, series }];
  });
  const changes = changesOf(
    gated.map(({ series }) => series),
    rules,
  );
  const pValues = changes.flatMap((change) => (change === null ? [] : [change.pValue]));
  const adjusted = holmAdjusted(pValues)[Symbol.iterator]();
  return gated.map(({ cell, threshold, series }, index) => {
    const change = changes[index] ?? null;
    const pAdjusted = change === null ? null : (adjusted.next().value ?? 1);
    const quantity = series.kind === 'ratio' ? 'speed-up vs dense' : 'speed of dense (1 / p50)';
    return { cell, quantity, change, pAdjusted, threshold };
  });
}

/** Null for the speed of dense on another machine. A method's own speed is dense's times its ratio: no third test. */
function seriesOf(nights: readonly Row[], next: Row, mixed: boolean): Series | null {
  if (next.method !== 'dense') {
    return { kind: 'ratio', base: nights.map((row) => row.blockSpeedups), next: next.blockSpeedups };
  }
  if (mixed) return null;
  const speeds = (row: Row): number[] => row.blockMedianMs.map((ms) => 1 / ms);
  return { kind: 'speed', base: nights.map(speeds), next: speeds(next) };
}

/** For a power of 0.8. */
const POWER = 0.8;

export function judge(
  { quantity, change, pAdjusted, threshold }: Tested,
  tests: number,
  rules: GateRules,
): TimingChange {
  const base = { quantity, pAdjusted, threshold, confirmation: null };
  if (change === null || pAdjusted === null)
    return { ...base, change: null, detectable: null, verdict: 'not judged' };
  const verdict = judgeChange(change.ratio.median, pAdjusted, threshold, rules.familyWiseError);
  return {
    ...base,
    change: change.ratio,
    detectable: detectableOf(change, threshold, tests, rules),
    verdict,
  };
}

export function judgeChange(
  ratio: number,
  pAdjusted: number,
  threshold: number,
  alpha: number,
): ChangeVerdict {
  if (pAdjusted > alpha) return 'no change shown';
  if (ratio < 1 - threshold) return 'candidate';
  return ratio > 1 / (1 - threshold) ? 'improvement' : 'no change shown';
}

/** Both conditions must hold: significance at Holm's strictest step, and an estimate beyond the threshold. */
function detectableOf(
  { standardError, degrees }: Change,
  threshold: number,
  tests: number,
  { familyWiseError }: GateRules,
): number {
  const luck = studentQuantile(POWER, degrees) * standardError;
  const significant = studentBound(familyWiseError / Math.max(1, tests), degrees) * standardError;
  return 1 - Math.exp(-(Math.max(significant, -Math.log1p(-threshold)) + luck));
}

/** The new run's noise floor, or the base runs' typical one if that is larger. */
export function floors(bases: readonly Summary[], next: Summary): (group: Group) => number {
  return (group) => {
    const of = ({ noiseFloor }: Summary): number => {
      const own = noiseFloor?.groups.find((floor) => groupKey(floor.group) === groupKey(group));
      return own?.floor ?? noiseFloor?.worst ?? 0;
    };
    return Math.max(of(next), median(bases.map(of)));
  };
}
