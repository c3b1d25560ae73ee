// The comparison of two runs and its verdict. A timing counts as a regression only when the interval of the change
// excludes 1 and the change is larger than the practical threshold: 3 %, or twice the noise floor if that is more.
import { AGAIN_ID, groupKey } from '../core/keys.ts';
import type { Interval, Row, Summary } from '../core/schema.ts';
import { changeOf } from './change.ts';
import { exactDifferences, mixedDifferences, type ExactDifference } from './exact.ts';
import { pairRows, requireSameMachine, type Pair } from './pairing.ts';

export const PRACTICAL_THRESHOLD = 0.03;
const NOISE_FACTOR = 2;

export type ChangeVerdict = 'regression' | 'improvement' | 'no change shown' | 'not judged';

export interface TimingChange {
  readonly quantity: 'speed-up vs dense' | 'speed (1 / p50)';
  /** New relative to base; below 1 is worse. Null when too few blocks allow no interval. */
  readonly change: Interval | null;
  readonly verdict: ChangeVerdict;
}

export interface CellComparison {
  readonly cell: string;
  /** Smallest relative change that counts. */
  readonly threshold: number;
  readonly timings: readonly TimingChange[];
  readonly exact: readonly ExactDifference[];
  /** Set when the row's status differs between the runs. */
  readonly status: {
    readonly base: Row['status'];
    readonly next: Row['status'];
    readonly reason: string;
  } | null;
}

export interface Comparison {
  readonly base: string;
  readonly next: string;
  /** Only ratios within each run were compared. */
  readonly mixed: boolean;
  readonly cells: readonly CellComparison[];
  readonly onlyInBase: readonly string[];
  readonly onlyInNext: readonly string[];
  /** Intervals that were judged; about one in twenty excludes 1 by chance. */
  readonly judged: number;
  readonly tripped: boolean;
  readonly notes: readonly string[];
}

export interface CompareOptions {
  readonly allowMixed: boolean;
}

export function compareSummaries(base: Summary, next: Summary, { allowMixed }: CompareOptions): Comparison {
  if (!allowMixed) requireSameMachine(base, next);
  const mixed = base.run.machine.fingerprint !== next.run.machine.fingerprint;
  const { pairs, onlyInBase, onlyInNext } = pairRows(base, next);
  const cells = pairs.map((pair) => compareCell(pair, thresholdOf(pair.next, base, next), mixed));
  return {
    base: base.run.id,
    next: next.run.id,
    mixed,
    cells,
    onlyInBase,
    onlyInNext,
    judged: cells.flatMap(({ timings }) => timings).filter(({ change }) => change !== null).length,
    tripped: cells.some(isTripped),
    notes: notesOf(base, next, mixed),
  };
}

export function isTripped({ timings, exact, status }: CellComparison): boolean {
  const broke = status !== null && status.base === 'ok';
  return broke || exact.length > 0 || timings.some(({ verdict }) => verdict === 'regression');
}

function compareCell({ cell, base, next }: Pair, threshold: number, mixed: boolean): CellComparison {
  const status =
    base.status === next.status
      ? null
      : { base: base.status, next: next.status, reason: next.reason ?? base.reason ?? 'no reason recorded' };
  const bothOk = base.status === 'ok' && next.status === 'ok';
  const timings = bothOk ? timingsOf(base, next, threshold, mixed) : [];
  const exact = bothOk ? (mixed ? mixedDifferences(base, next) : exactDifferences(base, next)) : [];
  return { cell, threshold, timings, exact, status };
}

function timingsOf(base: Row, next: Row, threshold: number, mixed: boolean): TimingChange[] {
  const judge = (quantity: TimingChange['quantity'], change: Interval | null): TimingChange => ({
    quantity,
    change,
    verdict: judgeChange(change, threshold),
  });
  const ratios =
    base.method === 'dense'
      ? [] // dense against itself
      : [judge('speed-up vs dense', changeOf(base.blockSpeedups, next.blockSpeedups))];
  // Arguments swapped: a longer time is a lower speed.
  const speeds = mixed ? [] : [judge('speed (1 / p50)', changeOf(next.blockMedianMs, base.blockMedianMs))];
  return [...ratios, ...speeds];
}

export function judgeChange(change: Interval | null, threshold: number): ChangeVerdict {
  if (change === null) return 'not judged';
  if (Math.abs(Math.log(change.median)) <= Math.log1p(threshold)) return 'no change shown';
  if (change.high < 1) return 'regression';
  return change.low > 1 ? 'improvement' : 'no change shown';
}

function thresholdOf(row: Row, base: Summary, next: Summary): number {
  const floors = [base, next].map(({ noiseFloor }) => {
    const own = noiseFloor?.groups.find(({ group }) => groupKey(group) === groupKey(row));
    return own?.floor ?? noiseFloor?.worst ?? 0;
  });
  return Math.max(PRACTICAL_THRESHOLD, NOISE_FACTOR * Math.max(...floors));
}

function notesOf(base: Summary, next: Summary, mixed: boolean): string[] {
  const notes: string[] = [];
  if (mixed) notes.push('The machines differ: only ratios vs dense, taken within each run, are compared.');
  for (const { run, noiseFloor } of [base, next]) {
    if (run.status !== 'complete') notes.push(`Run ${run.id} is ${run.status}.`);
    if (noiseFloor === null) notes.push(`Run ${run.id} has no noise floor (${AGAIN_ID} was not measured).`);
  }
  const [one, other] = [base.run.machine.versions, next.run.machine.versions];
  if (one.onnxruntime !== other.onnxruntime) {
    notes.push(`ONNX Runtime differs: ${one.onnxruntime} and ${other.onnxruntime}.`);
  }
  if (one.node !== other.node) notes.push(`Node differs: ${one.node} and ${other.node}.`);
  return notes;
}
