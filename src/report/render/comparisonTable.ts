// A comparison as text for a terminal or as Markdown for a job summary: what matters first (what tripped the gate, what
// fresh processes took back, what got better), then the rest as a count. Each claim stands with its interval, its
// threshold, its p-value over the sweep, and the smallest slow-down that this comparison could have found.
import {
  isAlarm,
  isTripped,
  type CellComparison,
  type Comparison,
  type TimingChange,
} from '../../compare/comparison.ts';
import type { Interval } from '../../core/schema/group.ts';
import { median } from '../../stats/samples.ts';
import { count, list, percent, probability } from '../findings/format.ts';
import { toText, type Grid, type GridLine } from '../../core/textGrid.ts';
import { escapePipe, toMarkdown } from './markdown/grid.ts';

export function renderComparison(comparison: Comparison): string {
  const parts = [
    opening(comparison),
    ...comparison.notes,
    matters(comparison) ? toText(gridOf(comparison)) : '',
    bulleted('Gate tripped by:', reasonsOf(comparison), '  '),
    confirmationOf(comparison),
    restOf(comparison),
    only('only in the base', comparison.onlyInBase),
    only('only in the new run', comparison.onlyInNext),
    resultOf(comparison),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function comparisonMarkdown(comparison: Comparison): string {
  const parts = [
    `### ${escapePipe(resultOf(comparison))}`,
    opening(comparison),
    ...comparison.notes.map((note) => `> ${note}`),
    matters(comparison) ? toMarkdown(gridOf(comparison)) : '',
    bulleted('Gate tripped by:', reasonsOf(comparison).map(escapePipe), '- '),
    confirmationOf(comparison),
    restOf(comparison),
    only('only in the base', comparison.onlyInBase),
    only('only in the new run', comparison.onlyInNext),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What tripped the gate, a line each: the cell, and old and new value or the change. */
function reasonsOf({ cells }: Pick<Comparison, 'cells'>): string[] {
  return cells.flatMap((cell) => cellReasons(cell).map((reason) => `${cell.cell}: ${reason}`));
}

function cellReasons(cell: CellComparison): string[] {
  const broke = cell.status !== null && cell.status.base === 'ok';
  return [
    ...(broke ? [statusText(cell)] : []),
    ...cell.exact.map(({ quantity, base, next }) => `${quantity}: ${base} became ${next}`),
    ...cell.timings.filter(isAlarm).map(timingText),
  ];
}

/** One claim with all that qualifies it. */
function timingText(timing: TimingChange): string {
  const { quantity, change, threshold, pAdjusted, detectable, verdict, confirmation } = timing;
  if (change === null) return `${quantity}: ${verdict}, too few blocks`;
  const again = confirmation === null ? '' : `; fresh processes ${intervalText(confirmation)}`;
  return (
    `${quantity} ${intervalText(change)}${again}: ${verdict} ` +
    `(threshold ${percent(threshold)}, ${pText(pAdjusted)} over the sweep, detectable ${shareText(detectable)})`
  );
}

function opening({ base, next, cells, judged, alpha }: Comparison): string {
  const [first, last] = [base[0] ?? '', base.at(-1) ?? ''];
  const bases = base.length === 1 ? `Base ${first}` : `Base ${base.length} runs, ${first} to ${last}`;
  return (
    `${bases}; new ${next}: ${count(cells.length, 'cell')} compared. A change below 1 is worse; intervals are of 95 %, ` +
    `p is adjusted over ${count(judged, 'timing')} (Holm, ${percent(alpha, 0)} for a false alarm anywhere).`
  );
}

function matters(comparison: Comparison): boolean {
  return comparison.cells.some(isShown);
}

function isShown(cell: CellComparison): boolean {
  return cell.status !== null || cell.exact.length > 0 || cell.timings.some(isTold);
}

function isTold({ verdict }: TimingChange): boolean {
  return verdict !== 'no change shown' && verdict !== 'not judged';
}

function gridOf({ cells }: Comparison): Grid {
  const shown = cells.filter(isShown).sort((a, b) => rank(a) - rank(b));
  const titles = [
    ...['cell', 'quantity', 'new / base', 'threshold', 'p', 'detectable', 'fresh processes', 'verdict'],
    'deterministic',
  ];
  return { columns: titles.map((title) => ({ title, align: 'left' })), lines: shown.flatMap(linesOf) };
}

function rank(cell: CellComparison): number {
  if (isTripped(cell)) return 0;
  return cell.timings.some(({ verdict }) => verdict === 'not confirmed') ? 1 : 2;
}

function linesOf(cell: CellComparison): GridLine[] {
  if (cell.status !== null) return [{ label: cell.cell, across: statusText(cell) }];
  const exact =
    cell.exact.length === 0 ? 'equal' : `${list(cell.exact.map(({ quantity }) => quantity))} differ`;
  if (cell.timings.length === 0) return [{ label: cell.cell, across: exact }];
  return cell.timings.map((timing, index) => ({
    cells: [
      index === 0 ? cell.cell : '',
      timing.quantity,
      timing.change === null ? 'too few blocks' : intervalText(timing.change),
      percent(timing.threshold),
      timing.pAdjusted === null ? '' : pText(timing.pAdjusted),
      shareText(timing.detectable),
      timing.confirmation === null ? '' : intervalText(timing.confirmation),
      timing.verdict,
      index === 0 ? exact : '',
    ],
  }));
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
      : `; a slow-down of ${percent(median(seen))} (median; at worst ${percent(Math.max(...seen))}) would have been found with a probability of 80 %`;
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
  const counts = [
    [verdicts.filter((verdict) => verdict === 'regression').length, 'regression'],
    [verdicts.filter((verdict) => verdict === 'candidate').length, 'unconfirmed candidate'],
    [cells.filter(({ exact }) => exact.length > 0).length, 'cell with another deterministic result'],
    [cells.filter(({ status }) => status?.base === 'ok').length, 'lost cell'],
  ] as const;
  const told = counts.flatMap(([n, what]) => (n === 0 ? [] : [plural(n, what)]));
  return `Result: the gate is tripped: ${list(told)}.`;
}

function plural(n: number, what: string): string {
  return n === 1 || !what.startsWith('cell ')
    ? count(n, what)
    : `${n} ${what.replace('cell ', 'cells ').replace('result', 'results')}`;
}

function statusText({ status }: CellComparison): string {
  return status === null ? '' : `was ${status.base}, is ${status.next}: ${status.reason}`;
}

function intervalText({ median: middle, low, high }: Interval): string {
  return `${middle.toFixed(3)} [${low.toFixed(3)}..${high.toFixed(3)}]`;
}

function shareText(share: number | null): string {
  return share === null ? '' : percent(share);
}

function pText(pValue: number | null): string {
  return pValue === null ? 'no p' : probability(pValue);
}

function bulleted(title: string, lines: readonly string[], mark: string): string {
  if (lines.length === 0) return '';
  const gap = mark === '- ' ? '\n\n' : '\n';
  return `${title}${gap}${lines.map((line) => `${mark}${line}`).join('\n')}`;
}

const MOST_NAMED = 5;

function only(where: string, cells: readonly string[]): string {
  if (cells.length === 0) return '';
  const more = cells.length > MOST_NAMED ? `, and ${cells.length - MOST_NAMED} more` : '';
  return `${count(cells.length, 'cell')} ${where}, not judged: ${cells.slice(0, MOST_NAMED).join(', ')}${more}`;
}
