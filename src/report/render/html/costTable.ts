// The costs of every method as a table, with where the energy comes from or why there is none.
import type { Summary } from '../../../core/schema/summary.ts';
import { costGrid, COST_LEGEND, energyNotes } from '../../findings/costs.ts';
import { narrow, type GridColumn } from '../../../core/textGrid.ts';
import { escapeHtml, paragraphs, scrollable } from './markup.ts';

/** Empty when no costs were measured. */
export function costTable(summary: Summary): string {
  const grid = costGrid(summary);
  if (grid === null) return '';
  const { columns, lines } = narrow(grid);
  const head = columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join('');
  const body = lines.map((line) => {
    if ('heading' in line)
      return `<tr><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(line.heading)}</th></tr>`;
    return 'cells' in line
      ? `<tr>${line.cells.map((text, index) => cell(text, columns[index])).join('')}</tr>`
      : '';
  });
  const caption = 'Costs of each method, in a process of its own';
  const table = `<table class="costs"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>`;
  return `${scrollable(caption, table)}<div class="note">${paragraphs([COST_LEGEND, ...energyNotes(summary)])}</div>`;
}

function cell(text: string, column: GridColumn | undefined): string {
  if (column?.title === 'method') return `<th scope="row">${escapeHtml(text)}</th>`;
  return `<td${column?.align === 'right' ? ' class="num"' : ''}>${escapeHtml(text)}</td>`;
}
