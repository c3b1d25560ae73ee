// The cells of a comparison: which of them are shown, their lines in the table, and what tripped the gate in them. Each
// claim stands with its interval, its threshold, its p-value over the sweep, and the smallest slow-down that this
// comparison could have found.
import {
  isAlarm,
  isTripped,
  type CellComparison,
  type Comparison,
  type TimingChange,
} from '../../../compare/comparison.ts';
import type { Interval } from '../../../core/schema/group.ts';
import type { Grid, GridLine } from '../../../core/textGrid.ts';
import { list, percent, probability } from '../format.ts';

export function isShown(cell: CellComparison): boolean {
  return cell.status !== null || cell.exact.length > 0 || cell.timings.some(isTold);
}

function isTold({ verdict }: TimingChange): boolean {
  return verdict !== 'no change shown' && verdict !== 'not judged';
}

const TITLES = [
  ...['cell', 'quantity', 'new / base', 'threshold', 'p', 'detectable', 'fresh processes', 'verdict'],
  'deterministic',
] as const;

/** What tripped the gate first; null where nothing is to be shown. */
export function cellGrid({ cells }: Comparison): Grid | null {
  const shown = cells.filter(isShown).sort((a, b) => rank(a) - rank(b));
  if (shown.length === 0) return null;
  return { columns: TITLES.map((title) => ({ title, align: 'left' })), lines: shown.flatMap(linesOf) };
}

function rank(cell: CellComparison): number {
  if (isTripped(cell)) return 0;
  return cell.timings.some(({ verdict }) => verdict === 'not confirmed') ? 1 : 2;
}

function linesOf(cell: CellComparison): GridLine[] {
  if (cell.status !== null) return [{ label: cell.cell, across: statusText(cell.status) }];
  const exact =
    cell.exact.length === 0 ? 'equal' : `${list(cell.exact.map(({ quantity }) => quantity))} differ`;
  if (cell.timings.length === 0) return [{ label: cell.cell, across: exact }];
  return cell.timings.map((timing, index) => ({
    cells: [
      index === 0 ? cell.cell : '',
      timing.quantity,
      timing.change === null ? 'too few blocks' : intervalText(timing.change),
      percent(timing.threshold),
      timing.pAdjusted === null ? '' : probability(timing.pAdjusted),
      shareText(timing.detectable),
      timing.confirmation === null ? '' : intervalText(timing.confirmation),
      timing.verdict,
      index === 0 ? exact : '',
    ],
  }));
}

/** What tripped the gate, a line each: the cell, and old and new value or the change. */
export function reasonsOf({ cells }: Comparison): string[] {
  return cells.flatMap((cell) => cellReasons(cell).map((reason) => `${cell.cell}: ${reason}`));
}

function cellReasons({ status, exact, timings }: CellComparison): string[] {
  return [
    ...(status?.base === 'ok' ? [statusText(status)] : []),
    ...exact.map(({ quantity, base, next }) => `${quantity}: ${base} became ${next}`),
    ...timings.filter(isAlarm).map(timingText),
  ];
}

/** One claim with all that qualifies it. */
function timingText(timing: TimingChange): string {
  const { quantity, change, threshold, pAdjusted, detectable, verdict, confirmation } = timing;
  if (change === null) return `${quantity}: ${verdict}, too few blocks`;
  const again = confirmation === null ? '' : `; fresh processes ${intervalText(confirmation)}`;
  const p = pAdjusted === null ? 'no p' : probability(pAdjusted);
  return (
    `${quantity} ${intervalText(change)}${again}: ${verdict} ` +
    `(threshold ${percent(threshold)}, ${p} over the sweep, detectable ${shareText(detectable)})`
  );
}

function statusText({ base, next, reason }: NonNullable<CellComparison['status']>): string {
  return `was ${base}, is ${next}: ${reason}`;
}

function intervalText({ median: middle, low, high }: Interval): string {
  return `${middle.toFixed(3)} [${low.toFixed(3)}..${high.toFixed(3)}]`;
}

function shareText(share: number | null): string {
  return share === null ? '' : percent(share);
}
