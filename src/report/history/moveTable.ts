// What moved, as a table: which variant, by how much, between which runs and commits, in which cells, and whether it
// is still an alarm.
import { count } from '../findings/format.ts';
import { escapeHtml } from '../render/html/markup.ts';
import type { Move } from './moves.ts';
import { cellId, keyOf, machineFile } from './page.ts';
import { htmlTable } from '../render/html/stackTable.ts';
import { commitsText, moveText, nightsText, placeText, quantityOf, stateText, stepText } from './wording.ts';

const HEADERS = ['method', 'quantity', 'change', 'between', 'commits', 'where', 'state'];

export function moveTable(caption: string, moves: readonly Move[]): string {
  const rows = moves.map((move) => {
    const method = move.steps[0]?.cell.cell.method ?? 'dense';
    const ids = `${move.before?.id ?? '?'} and ${move.after?.id ?? '?'}`;
    return {
      head: `${keyOf(method)} ${escapeHtml(move.variant)}`,
      cells: [
        { html: escapeHtml(quantityOf(move).title) },
        { html: escapeHtml(moveText(move)), className: move.direction === 'worse' ? 'bad' : 'good' },
        {
          className: 'whole',
          html: `<span title="${escapeHtml(ids)}">${escapeHtml(nightsText(move))}</span>`,
        },
        { html: `<code>${escapeHtml(commitsText(move))}</code>` },
        { html: where(move) },
        { html: escapeHtml(stateText(move)), className: move.alarms > 0 ? 'bad' : 'plain' },
      ],
    };
  });
  return htmlTable(caption, HEADERS, rows);
}

function where(move: Move): string {
  const links = move.steps.map(({ machine, cell, step }) => {
    const href = `${machineFile(machine)}#${cellId(cell)}`;
    const size = escapeHtml(stepText(quantityOf(move), step));
    return { link: `<a href="${href}">${escapeHtml(placeText(cell.cell, false))}</a>`, size };
  });
  const [only] = links;
  if (links.length === 1 && only !== undefined) return only.link;
  const list = links.map(({ link, size }) => `<li>${link}: ${size}</li>`).join('');
  return `<details><summary>${count(links.length, 'cell')}</summary><ul>${list}</ul></details>`;
}
