// From rows to the series of a chart: one series a variant, in the look of its method; a method's second and later
// points get a dash pattern of their own.
import { variantKey } from '../../../core/keys.ts';
import type { Variant } from '../../../core/schema/group.ts';
import { groupBy } from '../../../core/grouping.ts';
import { compareVariants, type Setting } from '../settings.ts';
import type { ChartPoint, ChartSeries } from './chartSpec.ts';

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]];

/** @param setting names all variants, so that a dash pattern stays with its point in every chart. */
export function seriesOf<R extends Variant>(
  setting: Setting,
  rows: readonly R[],
  pointsOf: (row: R) => ChartPoint | readonly ChartPoint[] | null,
): ChartSeries[] {
  return [...groupBy(rows.toSorted(compareVariants), variantKey)].flatMap(([key, own]) => {
    const points = own.flatMap((row) => pointsOf(row) ?? []).sort((a, b) => a.x - b.x);
    const [first] = own;
    if (first === undefined || points.length === 0) return [];
    const { method, point } = first;
    const siblings = siblingsOf(setting, method);
    const dash = DASHES[siblings.indexOf(key) % DASHES.length] ?? [];
    const mark = siblings.length > 1 ? (point ?? '') : '';
    return [
      {
        label: setting.words.labels[key] ?? key,
        role: method,

        dash,
        mark,
        points,
      },
    ];
  });
}

function siblingsOf(setting: Setting, method: string): readonly string[] {
  return setting.variants.filter((variant) => variant === method || variant.startsWith(`${method}:`));
}

export function chartId(setting: Setting, ...parts: readonly (string | number)[]): string {
  const text = [...parts, setting.slug].filter((part) => part !== '').join('-');
  return text.replaceAll(/[^A-Za-z0-9-]+/g, '_');
}

/** "Speed-up vs dense, batch 8 (2 threads)" */
export function titleOf(setting: Setting, title: string): string {
  return setting.shortLabel === '' ? title : `${title} (${setting.shortLabel})`;
}
