// Conversion by length and batch as one small table a setting, for runs with lengths enough to show where a saving
// starts to become time. The same numbers stand in the narrow table, cell by cell.
import { variantKey } from '../../core/keys.ts';
import { NOT_MEASURED } from './format.ts';
import { isPruned, type Setting } from './settings.ts';
import type { Grid } from '../../core/textGrid.ts';

/** Fewer lengths make no curve. */
export const LEAST_LENGTHS = 3;

/** A table for every setting that has enough lengths. */
export function conversionTables(settings: readonly Setting[]): ConversionTable[] {
  return settings.flatMap((setting) => {
    const pruned = setting.rows.some((row) => isPruned(row) && row.conversion !== null);
    return pruned && setting.lengths.length >= LEAST_LENGTHS
      ? [{ title: setting.label, grid: gridOf(setting) }]
      : [];
  });
}

export interface ConversionTable {
  readonly title: string;
  readonly grid: Grid;
}

function gridOf(setting: Setting): Grid {
  const rows = setting.rows.filter(isPruned);
  const variants = setting.variants.filter((variant) => rows.some((row) => variantKey(row) === variant));
  const lines = variants.flatMap((variant) =>
    setting.batches.map((batch) => {
      const cells = setting.lengths.map((length) => {
        const row = rows.find(
          (one) => variantKey(one) === variant && one.batch === batch && one.seqLen === length,
        );
        if (row === undefined) return 'not planned';
        return row.conversion === null ? NOT_MEASURED : row.conversion.toFixed(2);
      });
      return { cells: [variant, String(batch), ...cells] };
    }),
  );
  return {
    columns: [
      { title: setting.words.method, align: 'left' },
      { title: 'batch', align: 'right' },
      ...setting.lengths.map((length) => ({ title: `length ${length}`, align: 'right' as const })),
    ],
    lines,
  };
}
