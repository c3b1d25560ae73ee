// A comparison of two runs as text for a terminal: what tripped the gate first, then every cell.
import { isTripped, type CellComparison, type Comparison, type TimingChange } from '../compare/gate.ts';
import { count, percent } from './format.ts';
import { toText, type GridLine } from './textGrid.ts';

export function renderComparison(comparison: Comparison): string {
  const { base, next, cells, onlyInBase, onlyInNext, judged, notes, tripped } = comparison;
  const bad = cells.filter(isTripped);
  const parts = [
    `Base ${base}, new ${next}: ${count(cells.length, 'cell')} compared. A change below 1 is worse.`,
    ...notes,
    table(cells),
    bad.length === 0 ? '' : `Gate tripped by:\n${bad.flatMap(reasons).join('\n')}`,
    only('only in the base run', onlyInBase),
    only('only in the new run', onlyInNext),
    `${count(judged, 'interval')} judged at 95 %: about ${(judged / 20).toFixed(1)} exclude 1 by chance before the threshold; confirm a regression by running again.`,
    tripped ? 'Result: the gate is tripped.' : 'Result: no regression shown.',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function table(cells: readonly CellComparison[]): string {
  const lines = cells.flatMap((cell): GridLine[] => {
    if (cell.status !== null) return [{ label: cell.cell, across: statusText(cell) }];
    return cell.timings.map((timing, index) => ({
      cells: [
        index === 0 ? cell.cell : '',
        timing.quantity,
        changeText(timing),
        percent(cell.threshold),
        timing.verdict,
        index === 0 ? exactText(cell) : '',
      ],
    }));
  });
  const titles = ['cell', 'quantity', 'new / base', 'threshold', 'verdict', 'deterministic'];
  return toText({ columns: titles.map((title) => ({ title, align: 'left' })), lines });
}

function changeText({ change }: TimingChange): string {
  if (change === null) return 'too few blocks';
  return `${change.median.toFixed(3)} [${change.low.toFixed(3)}..${change.high.toFixed(3)}]`;
}

function exactText({ exact }: CellComparison): string {
  return exact.length === 0 ? 'equal' : `${exact.map(({ quantity }) => quantity).join(', ')} differ`;
}

function statusText({ status }: CellComparison): string {
  return status === null ? '' : `was ${status.base}, is ${status.next}: ${status.reason}`;
}

function reasons(cell: CellComparison): string[] {
  const timings = cell.timings
    .filter(({ verdict }) => verdict === 'regression')
    .map((timing) => `${timing.quantity} ${changeText(timing)}, beyond ${percent(cell.threshold)}`);
  const exact = cell.exact.map(({ quantity, base, next }) => `${quantity}: ${base} became ${next}`);
  const status = cell.status === null ? [] : [statusText(cell)];
  return [...status, ...exact, ...timings].map((text) => `  ${cell.cell}: ${text}`);
}

function only(where: string, cells: readonly string[]): string {
  return cells.length === 0
    ? ''
    : `${count(cells.length, 'cell')} ${where}:\n${cells.map((cell) => `  ${cell}`).join('\n')}`;
}
