// The table of the load scenarios for the page.
import type { Summary } from '../../../core/schema/summary.ts';
import { countDoubts } from '../../findings/doubts.ts';
import { escapeHtml, paragraphs, scrollable } from './markup.ts';
import { narrow, type GridColumn, type GridLine } from '../../../core/textGrid.ts';
import { harnessNote, SCENARIO_LEGEND, scenarioGrid } from '../../findings/scenarios/table.ts';

/** Empty when no scenarios were asked for. */
export function scenarioTable(summary: Summary): string {
  const grid = scenarioGrid(summary, countDoubts(summary));
  if (grid === null) return '';
  const { columns, lines } = narrow(grid);
  const head = columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join('');
  const caption = 'The methods under load, by scenario';
  const table = `<table class="costs"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${lines.map((line) => rowOf(line, columns)).join('\n')}
</tbody></table>`;
  const notes = [SCENARIO_LEGEND, harnessNote(summary)].filter((text) => text !== '');
  return `${scrollable(caption, table)}<div class="note">${paragraphs(notes)}</div>`;
}

function rowOf(line: GridLine, columns: readonly GridColumn[]): string {
  if ('heading' in line)
    return `<tr><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(line.heading)}</th></tr>`;
  if ('across' in line)
    return `<tr><th scope="row">${escapeHtml(line.label)}</th><td class="bad" colspan="${columns.length - 1}">${escapeHtml(line.across)}</td></tr>`;
  return `<tr>${line.cells.map((text, index) => cell(text, columns[index])).join('')}</tr>`;
}

function cell(text: string, column: GridColumn | undefined): string {
  if (column?.title === 'method') return `<th scope="row">${escapeHtml(text)}</th>`;
  return `<td${column?.align === 'right' ? ' class="num"' : ''}>${escapeHtml(text)}</td>`;
}
