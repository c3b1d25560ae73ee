// Before the word "regression" is said, candidates are measured again in fresh processes. This file is the decision
// alone: which groups are to be measured, and what the fresh rows make of each candidate. The fresh blocks are tested
// by themselves, never together with those that raised the suspicion, which were picked for looking bad.
import { cellKey, groupKey } from '../core/keys.ts';
import type { Group, Interval } from '../core/schema/group.ts';
import type { Summary } from '../core/schema/summary.ts';
import { isTripped, type Comparison, type TimingChange } from './comparison.ts';
import type { CompareOptions } from './gate.ts';
import { pairRows } from './pairing.ts';
import { floors, testTimings } from './timings.ts';

/** The groups of the candidates, each once. */
export function candidateGroups({ cells }: Pick<Comparison, 'cells'>): Group[] {
  const suspects = cells.filter(({ timings }) => timings.some(({ verdict }) => verdict === 'candidate'));
  return [...new Map(suspects.map(({ group }) => [groupKey(group), group])).values()];
}

/** Candidates stay candidates, and the comparison says why nobody looked again. */
export function unconfirmed(
  comparison: Comparison,
  outcome: 'turned off' | 'impossible',
  why: string,
): Comparison {
  return { ...comparison, confirmation: { outcome, detail: why } };
}

export interface Fresh {
  readonly summary: Summary;
  /** Where it is stored. */
  readonly dir: string;
}

/**
 * What the fresh blocks make of the candidates: one test each at the unadjusted level, with the same threshold. A
 * candidate whose cell could not be measured again stays one.
 */
export function confirmed(
  comparison: Comparison,
  bases: readonly Summary[],
  next: Summary,
  fresh: Fresh,
  { rules }: CompareOptions,
): Comparison {
  const replaced = withFreshRows(next, fresh.summary);
  const { pairs } = pairRows(bases, replaced);
  const { mixed } = comparison;
  const tested = testTimings(pairs, { mixed, rules, floorOf: floors(bases, replaced) });
  const byCell = new Map(tested.map((one) => [one.cell, one]));
  const measured = new Set(fresh.summary.rows.filter(({ status }) => status === 'ok').map(cellKey));
  const cells = comparison.cells.map((cell) => {
    const timings = cell.timings.map((timing): TimingChange => {
      const change = byCell.get(cell.cell)?.change ?? null;
      if (timing.verdict !== 'candidate' || change === null || !measured.has(cell.cell)) return timing;
      const threshold = byCell.get(cell.cell)?.threshold ?? timing.threshold;
      return { ...timing, ...decide(change.ratio, change.pValue, threshold, rules.confirmError) };
    });
    return { ...cell, timings };
  });
  const confirmation = { outcome: 'done', detail: fresh.dir } as const;
  return { ...comparison, cells, confirmation, tripped: cells.some(isTripped) };
}

function decide(
  ratio: Interval,
  pValue: number,
  threshold: number,
  level: number,
): Pick<TimingChange, 'verdict' | 'confirmation'> {
  const again = pValue <= level && ratio.median < 1 - threshold;
  return { verdict: again ? 'regression' : 'not confirmed', confirmation: ratio };
}

/** The new run with the rows and noise floors of the groups that were measured again. */
function withFreshRows(next: Summary, fresh: Summary): Summary {
  const rows = new Map(fresh.rows.filter(({ status }) => status === 'ok').map((row) => [cellKey(row), row]));
  const floorGroups = new Map(fresh.noiseFloor?.groups.map((floor) => [groupKey(floor.group), floor]));
  return {
    ...next,
    rows: next.rows.map((row) => rows.get(cellKey(row)) ?? row),
    noiseFloor:
      next.noiseFloor === null
        ? null
        : {
            ...next.noiseFloor,
            groups: next.noiseFloor.groups.map((floor) => floorGroups.get(groupKey(floor.group)) ?? floor),
          },
  };
}
