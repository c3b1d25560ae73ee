// Every row with all its numbers, as the cells of one table.
import type { Row } from '../../core/schema/row.ts';
import type { NoiseFloor } from '../../core/schema/summary.ts';
import type { ColumnCell } from './columnKinds.ts';
import { columnsOf } from './columns.ts';
import { showsVerdicts } from './validity.ts';

export interface FullTable {
  readonly caption: string;
  readonly titles: readonly string[];
  /** Cells parallel to the titles; the first of a line names the row. */
  readonly lines: readonly (readonly ColumnCell[])[];
}

/** @param floors noise floors by group; none for runs that did not measure them. */
export function fullTableOf(rows: readonly Row[], floors: readonly NoiseFloor[]): FullTable {
  const columns = columnsOf(rows, floors);
  const worth = showsVerdicts(rows) ? '' : ' All measured rows are VALID.';
  return {
    caption: `All ${rows.length} rows; [low..high] is a 95 % interval.${worth}`,
    titles: columns.map(({ title }) => title),
    lines: rows.map((row) => columns.map(({ cellOf }) => cellOf(row))),
  };
}
