// Every row with all its numbers. Sorting is done by buttons in the headers, so the keyboard reaches it; the state
// is in aria-sort, and a status line says it aloud.
import type { Row } from '../../../core/schema/row.ts';
import type { NoiseFloor } from '../../../core/schema/summary.ts';
import type { Column } from '../../findings/columnKinds.ts';
import { columnsOf } from '../../findings/columns.ts';
import { showsVerdicts } from '../../findings/validity.ts';
import { escapeHtml, scrollable } from './markup.ts';

const LONG = 40;

/** @param floors noise floors by group; none for runs that did not measure them. */
export function fullTable(rows: readonly Row[], floors: readonly NoiseFloor[]): string {
  const columns = columnsOf(rows, floors);
  const head = columns
    .map(({ title }) => `<th scope="col"><button type="button">${escapeHtml(title)}</button></th>`)
    .join('');
  const body = rows.map(
    (row) => `<tr>${columns.map((column, index) => cell(column, index, row)).join('')}</tr>`,
  );
  const table = `<table class="full"><caption>All ${rows.length} rows; [low..high] is a 95 % interval.${showsVerdicts(rows) ? '' : ' All measured rows are VALID.'} Choose a column header to sort.</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table>`;
  return `${scrollable('All rows and numbers', table)}<p id="sort-status" class="note" role="status"></p>`;
}

function cell(column: Column, index: number, row: Row): string {
  const { text, key } = column.cellOf(row);
  const data = `data-key="${escapeHtml(key === null ? '' : String(key))}"`;
  if (index === 0) return `<th scope="row" ${data}>${escapeHtml(text)}</th>`;
  const classes = [
    typeof key === 'number' ? 'num' : '',
    text.length > LONG ? 'long' : '',
    text.startsWith('failed') || text === 'INVALID' ? 'bad' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
  return `<td ${data}${classes === '' ? '' : ` class="${classes}"`}>${escapeHtml(text)}</td>`;
}
