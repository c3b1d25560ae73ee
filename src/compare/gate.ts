// The comparison of a new run with its base and its verdict. A timing is a candidate for a regression only when the
// change is significant over the whole sweep (Holm) and larger than what matters; it is called a regression only after
// fresh processes have shown it again (confirmation.ts). Deterministic quantities must be equal.
import { AGAIN_ID, cellKey, groupKey } from '../core/keys.ts';
import type { Group, Interval, Row, Summary } from '../core/schema.ts';
import { holmAdjusted } from '../stats/holm.ts';
import { median } from '../stats/samples.ts';
import { studentBound, studentQuantile } from '../stats/student.ts';
import { isMixed, requireSameMachine } from './baseline.ts';
import { changesOf, type Change, type Series } from './change.ts';
import { exactDifferences, likenessOf, type ExactDifference, type Likeness } from './exact.ts';
import { pairRows, sameInputs, type Pair } from './pairing.ts';
import type { GateRules } from './rules.ts';

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

export interface CompareOptions {
  readonly allowMixed: boolean;
  readonly rules: GateRules;
}

/** @param bases at least one, ascending by start, all of one machine. */
export function compareSummaries(
  bases: readonly Summary[],
  next: Summary,
  { allowMixed, rules }: CompareOptions,
): Comparison {
  const latest = bases.at(-1);
  if (latest === undefined) throw new RangeError('a comparison with nothing');
  if (!allowMixed) for (const base of bases) requireSameMachine(base, next);
  const mixed = isMixed(latest, next);
  const likeness = likenessOf(latest.run, next.run);
  const { pairs, onlyInBase, onlyInNext } = pairRows(bases, next);
  const tested = testTimings(pairs, { mixed, rules, floorOf: floors(bases, next) });
  const judged = tested.filter(({ change }) => change !== null).length;
  const cells = pairs.map((pair): CellComparison => {
    const bothOk = pair.base.status === 'ok' && pair.next.status === 'ok';
    const exact = bothOk ? exactDifferences(pair.base, pair.next, likeness, rules.acrossMachines) : [];
    const timings = tested.filter(({ cell }) => cell === pair.cell).map((one) => judge(one, judged, rules));
    return { cell: pair.cell, group: groupOf(pair.next), timings, exact, status: statusOf(pair) };
  });
  return {
    base: bases.map(({ run }) => run.id),
    next: next.run.id,
    ...{ mixed, likeness, cells, onlyInBase, onlyInNext, judged },
    alpha: rules.familyWiseError,
    confirmation: null,
    tripped: cells.some(isTripped),
    notes: notesOf(bases, next, pairs, mixed),
  };
}

export function isTripped({ timings, exact, status }: CellComparison): boolean {
  const broke = status !== null && status.base === 'ok';
  return broke || exact.length > 0 || timings.some(isAlarm);
}

/** A candidate that nobody could confirm is an alarm, too: a gate must not pass in silence. */
export function isAlarm({ verdict }: TimingChange): boolean {
  return verdict === 'regression' || verdict === 'candidate';
}

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

function judge(
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

function statusOf({ base, next }: Pair): CellComparison['status'] {
  if (base.status === next.status) return null;
  const reason = next.reason ?? base.reason ?? 'no reason recorded';
  return { base: base.status, next: next.status, reason };
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

function groupOf({ model, task, text, provider, precision, threads, batch, seqLen }: Row): Group {
  return { model, task, text, provider, precision, threads, batch, seqLen };
}

function notesOf(bases: readonly Summary[], next: Summary, pairs: readonly Pair[], mixed: boolean): string[] {
  const notes: string[] = [];
  if (mixed) notes.push('The machines differ: only ratios vs dense, taken within each run, are compared.');
  for (const { run, noiseFloor } of [...bases, next]) {
    if (run.status !== 'complete') notes.push(`Run ${run.id} is ${run.status}.`);
    if (noiseFloor === null) notes.push(`Run ${run.id} has no noise floor (${AGAIN_ID} was not measured).`);
  }
  const changed = pairs.filter((pair) => !sameInputs(pair.base, pair.next));
  if (changed.length > 0) {
    const cells = changed.map(({ next: row }) => cellKey(row));
    notes.push(
      `The inputs differ in ${cells.length} of ${pairs.length} cells (${cells[0]}): seed, texts or tokenizer changed.`,
    );
  }
  for (const library of ['onnxruntime', 'node'] as const) {
    const versions = new Set([...bases, next].map(({ run }) => run.machine.versions[library]));
    const name = library === 'node' ? 'Node' : 'ONNX Runtime';
    if (versions.size > 1) notes.push(`${name} differs between the runs: ${[...versions].join(', ')}.`);
  }
  return notes;
}
