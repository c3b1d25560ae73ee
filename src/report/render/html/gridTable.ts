// A table of the findings as HTML, with its notes below it.
import { narrow, type GridColumn, type GridLine } from '../../../core/textGrid.ts';
import type { NotedGrid } from '../../findings/notedGrid.ts';
import { escapeHtml, paragraphs, scrollable } from './markup.ts';

/** Empty where there is no such table. */
export function gridTable(caption: string, noted: NotedGrid | null): string {
  if (noted === null) return '';
  const { columns, lines } = narrow(noted.grid);
  const head = columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join('');
  const table = `<table class="costs"><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${lines.map((line) => rowOf(line, columns)).join('\n')}
</tbody></table>`;
  return `${scrollable(caption, table)}<div class="note">${paragraphs(noted.notes)}</div>`;
}

function rowOf(line: GridLine, columns: readonly GridColumn[]): string {
  if ('heading' in line)
    return `<tr><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(line.heading)}</th></tr>`;
  if ('across' in line)
    return `<tr>${rowHead(line.label)}<td class="bad" colspan="${columns.length - 1}">${escapeHtml(line.across)}</td></tr>`;
  const [first = '', ...rest] = line.cells;
  const cells = rest.map((text, index) => {
    const align = columns[index + 1]?.align === 'right' ? ' class="num"' : '';
    return `<td${align}>${escapeHtml(text)}</td>`;
  });
  return `<tr>${rowHead(first)}${cells.join('')}</tr>`;
}

function rowHead(text: string): string {
  return `<th scope="row">${escapeHtml(text)}</th>`;
}
