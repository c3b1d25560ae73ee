// Every row with all its numbers. Sorting is done by buttons in the headers, so the keyboard reaches it; the state
// is in aria-sort, and a status line says it aloud.
import type { ColumnCell } from '../../findings/columnKinds.ts';
import type { FullTable } from '../../findings/fullTable.ts';
import { escapeHtml, scrollable } from './markup.ts';

const LONG = 40;

export function fullTable({ caption, titles, lines }: FullTable): string {
  const head = titles
    .map((title) => `<th scope="col"><button type="button">${escapeHtml(title)}</button></th>`)
    .join('');
  const body = lines.map((cells) => `<tr>${cells.map(cellOf).join('')}</tr>`);
  const table = `<table class="full"><caption>${escapeHtml(caption)} Choose a column header to sort.</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table>`;
  return `${scrollable('All rows and numbers', table)}<p id="sort-status" class="note" role="status"></p>`;
}

function cellOf({ text, key, tone }: ColumnCell, index: number): string {
  const data = `data-key="${escapeHtml(key === null ? '' : String(key))}"`;
  if (index === 0) return `<th scope="row" ${data}>${escapeHtml(text)}</th>`;
  const classes = [
    typeof key === 'number' ? 'num' : '',
    text.length > LONG ? 'long' : '',
    tone === 'plain' ? '' : tone,
  ]
    .filter((name) => name !== '')
    .join(' ');
  return `<td ${data}${classes === '' ? '' : ` class="${classes}"`}>${escapeHtml(text)}</td>`;
}
