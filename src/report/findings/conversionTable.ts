// Conversion by length and batch as one small table a setting, for runs with lengths enough to show where a saving
// starts to become time. The same numbers stand in the narrow table, cell by cell.
import { variantKey } from '../../core/keys.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { NOT_MEASURED } from './format.ts';
import { isPruned, settingsOf, type Setting } from './settings.ts';
import type { Grid } from '../../core/textGrid.ts';

/** Fewer lengths make no curve. */
export const LEAST_LENGTHS = 3;

/** Title and table of every setting that has enough lengths. */
export function conversionGrids(summary: Summary): (readonly [title: string, grid: Grid])[] {
  return settingsOf(summary).flatMap((setting) => {
    const pruned = setting.rows.some((row) => isPruned(row) && row.conversion !== null);
    return pruned && setting.lengths.length >= LEAST_LENGTHS
      ? [[setting.label, gridOf(setting)] as const]
      : [];
  });
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
