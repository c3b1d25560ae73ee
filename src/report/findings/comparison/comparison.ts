// All that is said of a comparison, made once: what matters first (what tripped the gate, what fresh processes took
// back, what got better), then the rest as a count.
import type { Comparison } from '../../../compare/comparison.ts';
import type { Grid } from '../../../core/textGrid.ts';
import { median } from '../../../stats/samples.ts';
import { count, list, percent } from '../format.ts';
import { cellGrid, isShown, reasonsOf } from './cells.ts';

export interface ComparisonFindings {
  readonly opening: string;
  readonly notes: readonly string[];
  /** The cells of which there is something to tell; null where there are none. */
  readonly grid: Grid | null;
  /** What tripped the gate. */
  readonly reasons: readonly string[];
  /** What came of measuring again, how much could have been seen elsewhere, cells without a partner. */
  readonly remarks: readonly string[];
  readonly result: string;
}

export function comparisonFindings(comparison: Comparison): ComparisonFindings {
  return {
    opening: opening(comparison),
    notes: comparison.notes,
    grid: cellGrid(comparison),
    reasons: reasonsOf(comparison),
    remarks: [
      confirmationOf(comparison),
      restOf(comparison),
      only('only in the base', comparison.onlyInBase),
      only('only in the new run', comparison.onlyInNext),
    ].filter((text) => text !== ''),
    result: resultOf(comparison),
  };
}

function opening({ base, next, cells, judged, alpha }: Comparison): string {
  const [first, last] = [base[0] ?? '', base.at(-1) ?? ''];
  const bases = base.length === 1 ? `Base ${first}` : `Base ${base.length} runs, ${first} to ${last}`;
  return (
    `${bases}; new ${next}: ${count(cells.length, 'cell')} compared. A change below 1 is worse; intervals are 95 % intervals, ` +
    `p is adjusted over ${count(judged, 'timing')} (Holm, ${percent(alpha, 0)} for a false alarm anywhere).`
  );
}

/** The cells of which nothing is to be told, and how much could have been seen in them. */
function restOf({ cells }: Comparison): string {
  const rest = cells.filter((cell) => !isShown(cell));
  if (rest.length === 0) return '';
  const timings = rest.flatMap((cell) => cell.timings);
  const seen = timings.flatMap(({ detectable }) => (detectable === null ? [] : [detectable]));
  const blind = timings.filter(({ verdict }) => verdict === 'not judged').length;
  const detectable =
    seen.length === 0
      ? ''
      : `; a slow-down of ${percent(median(seen))} (median; at worst ${percent(Math.max(...seen))}) would have been found with a probability of 0.8`;
  const untold = blind === 0 ? '' : `; ${count(blind, 'timing')} not judged: too few blocks`;
  return `${count(rest.length, 'cell')} without a change${detectable}${untold}.`;
}

function confirmationOf({ confirmation }: Comparison): string {
  switch (confirmation?.outcome) {
    case undefined:
      return '';
    case 'done':
      return `Candidates were measured again in fresh processes: ${confirmation.detail}`;
    case 'turned off':
      return 'Candidates were not measured again (--no-confirm); a candidate may be chance.';
    case 'impossible':
      return `Candidates could not be confirmed here: ${confirmation.detail}`;
  }
}

function resultOf({ tripped, cells }: Comparison): string {
  if (!tripped) return 'Result: no regression shown.';
  const verdicts = cells.flatMap(({ timings }) => timings.map(({ verdict }) => verdict));
  const changed = cells.filter(({ exact }) => exact.length > 0).length;
  const counts = [
    [verdicts.filter((verdict) => verdict === 'regression').length, 'regression', ''],
    [verdicts.filter((verdict) => verdict === 'candidate').length, 'unconfirmed candidate', ''],
    [changed, 'cell', ` with another deterministic result${changed === 1 ? '' : 's'}`],
    [cells.filter(({ status }) => status?.base === 'ok').length, 'lost cell', ''],
  ] as const;
  const told = counts.flatMap(([n, what, how]) => (n === 0 ? [] : [`${count(n, what)}${how}`]));
  return `Result: the gate is tripped: ${list(told)}.`;
}

const MOST_NAMED = 5;

function only(where: string, cells: readonly string[]): string {
  if (cells.length === 0) return '';
  const more = cells.length > MOST_NAMED ? `, and ${cells.length - MOST_NAMED} more` : '';
  return `${count(cells.length, 'cell')} ${where}, not judged: ${cells.slice(0, MOST_NAMED).join(', ')}${more}`;
}
