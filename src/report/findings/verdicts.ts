// What a row's numbers allow us to say, in words. A method is called faster only when the interval of its ratio
// excludes 1 and the effect is larger than what the run sees between dense and its own copy; an accuracy loss is
// called significant when its paired test says so or its paired interval excludes 0: of the two, the less kind.
// Everything else is "not distinguishable", which is not "equal".
import { variantKey } from '../../core/keys.ts';
import type { Interval } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { geometricMean } from '../../stats/samples.ts';
import { isSignificant } from './format.ts';
import { groupBy } from '../../core/grouping.ts';
import { compareVariants, isPruned, noiseFloorOf, type Setting } from './settings.ts';
import type { Tone } from './tone.ts';

export type SpeedVerdict = 'faster' | 'slower' | 'not distinguishable' | 'not measured';
export type AccuracyVerdict =
  'significant loss' | 'significant gain' | 'no significant difference' | 'not measured' | 'none';
export type Worth =
  | 'worth it here'
  | 'a trade'
  | 'faster, accuracy unknown'
  | 'faster, without an accuracy'
  | 'only in some cells'
  | 'not shown to be worth it'
  | 'not worth it here'
  | 'not measured';

export const WORTH_TONES: Readonly<Record<Worth, Tone>> = {
  'worth it here': 'good',
  'a trade': 'plain',
  'faster, accuracy unknown': 'plain',
  'faster, without an accuracy': 'plain',
  'only in some cells': 'plain',
  'not shown to be worth it': 'plain',
  'not worth it here': 'bad',
  'not measured': 'plain',
};

/** @param floor the noise floor of the row's group, a share of 1. */
export function speedVerdict(speedup: Interval | null | undefined, floor: number): SpeedVerdict {
  if (speedup === null || speedup === undefined) return 'not measured';
  if (speedup.low > 1 && speedup.median > 1 + floor) return 'faster';
  if (speedup.high < 1 && speedup.median < 1 - floor) return 'slower';
  return 'not distinguishable';
}

function accuracyVerdict(row: Row): AccuracyVerdict {
  if (row.noAccuracy !== undefined) return 'none';
  const delta = row.accuracy?.deltaVsDense;
  if (delta === null || delta === undefined) return 'not measured';
  const excludesZero = delta.high < 0 || delta.low > 0;
  if (!isSignificant(delta.pValue) && !excludesZero) return 'no significant difference';
  return delta.value < 0 ? 'significant loss' : 'significant gain';
}

/** A method at one point over all cells of a setting. */
export interface VariantVerdict {
  readonly variant: string;
  readonly method: Row['method'];
  /** Rows with a measured ratio. */
  readonly measured: readonly Row[];
  readonly cells: number;
  readonly failed: number;
  readonly speed: Readonly<Record<SpeedVerdict, number>>;
  /** Geometric mean of the speed-up vs dense over the measured rows. */
  readonly meanSpeedup: number | null;
  readonly best: Row | null;
  readonly worst: Row | null;
  readonly accuracy: AccuracyVerdict;
  /** The row with the largest paired loss, or null when none was measured. */
  readonly worstAccuracy: Row | null;
  readonly worth: Worth;
}

export function variantVerdicts(
  noiseFloor: Summary['noiseFloor'],
  setting: Setting,
): readonly VariantVerdict[] {
  const byVariant = groupBy(setting.rows.filter(isPruned).toSorted(compareVariants), variantKey);
  return [...byVariant].map(([variant, rows]) => judge(noiseFloor, variant, rows));
}

function judge(noiseFloor: Summary['noiseFloor'], variant: string, rows: readonly Row[]): VariantVerdict {
  const speed = { faster: 0, slower: 0, 'not distinguishable': 0, 'not measured': 0 };
  for (const row of rows) speed[speedVerdict(row.speedup?.vsDense, noiseFloorOf(noiseFloor, row))] += 1;
  const measured = rows.filter((row) => speedupOf(row) !== null);
  const bySpeed = measured.toSorted((a, b) => (speedupOf(b) ?? 0) - (speedupOf(a) ?? 0));
  const withDelta = rows.filter((row) => deltaOf(row) !== null);
  const worstAccuracy = withDelta.toSorted((a, b) => (deltaOf(a) ?? 0) - (deltaOf(b) ?? 0))[0] ?? null;
  const accuracy = overallAccuracy(rows);
  return {
    variant,
    method: rows[0]?.method ?? 'dense',
    measured,
    cells: rows.length,
    failed: rows.filter((row) => row.status === 'failed').length,
    speed,
    meanSpeedup: measured.length === 0 ? null : geometricMean(measured.map((row) => speedupOf(row) ?? 1)),
    best: bySpeed[0] ?? null,
    worst: bySpeed.at(-1) ?? null,
    accuracy,
    worstAccuracy,
    worth: worthOf(speed, accuracy),
  };
}

/** A loss in any cell counts as a loss: a method is as good as its worst length. */
function overallAccuracy(rows: readonly Row[]): AccuracyVerdict {
  const verdicts = new Set(rows.map(accuracyVerdict));
  if (verdicts.has('none')) return 'none';
  if (verdicts.has('significant loss')) return 'significant loss';
  if (verdicts.has('no significant difference')) return 'no significant difference';
  return verdicts.has('significant gain') ? 'significant gain' : 'not measured';
}

function worthOf(speed: Readonly<Record<SpeedVerdict, number>>, accuracy: AccuracyVerdict): Worth {
  const judged = speed.faster + speed.slower + speed['not distinguishable'];
  if (judged === 0) return 'not measured';
  if (speed.faster === 0) return speed.slower > judged / 2 ? 'not worth it here' : 'not shown to be worth it';
  if (accuracy === 'significant loss') return 'a trade';
  if (speed.faster < judged) return 'only in some cells';
  if (accuracy === 'none') return 'faster, without an accuracy';
  return accuracy === 'not measured' ? 'faster, accuracy unknown' : 'worth it here';
}

function speedupOf(row: Row): number | null {
  return row.speedup?.vsDense?.median ?? null;
}

function deltaOf(row: Row): number | null {
  return row.accuracy?.deltaVsDense?.value ?? null;
}
