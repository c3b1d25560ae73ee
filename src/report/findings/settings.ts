// A setting is what a chart holds fixed: everything of a group but its length and batch size. Rows are sorted
// and split by it once, here, so that tables, charts and verdicts walk the same order.
import { variantKey } from '../../core/keys.ts';
import { isDense, METHODS, OTHER_ROWS } from '../../core/names.ts';
import type { Row } from '../../core/schema/row.ts';
import type { NoiseFloor, Summary } from '../../core/schema/summary.ts';
import { groupBy } from '../../core/grouping.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** Group fields that name a setting, in the order people read them. */
export const SETTING_FIELDS = ['model', 'task', 'text', 'provider', 'precision', 'threads'] as const;
export type SettingField = (typeof SETTING_FIELDS)[number];

type Axes = Pick<Row, SettingField>;

export interface Setting {
  readonly key: string;
  /** File-safe, unique in the run; empty when the run has one setting. */
  readonly slug: string;
  /** In words, all fields. */
  readonly label: string;
  /** In words, only the fields that differ between the settings of the run; empty when there is one. */
  readonly shortLabel: string;
  readonly rows: readonly Row[];
  readonly noise: readonly NoiseFloor[];
  readonly lengths: readonly number[];
  readonly batches: readonly number[];
  /** Variant keys in the order of METHODS, then by point. */
  readonly variants: readonly string[];
  readonly words: Vocabulary;
}

export function settingKey(axes: Axes): string {
  return SETTING_FIELDS.map((field) => String(axes[field])).join('.');
}

/** Fields that take more than one value in the run. */
export function varyingFields(rows: readonly Axes[]): readonly SettingField[] {
  return SETTING_FIELDS.filter((field) => new Set(rows.map((row) => row[field])).size > 1);
}

export function describe(axes: Axes, fields: readonly SettingField[] = SETTING_FIELDS): string {
  return fields.map((field) => describeField(axes, field)).join(', ');
}

function describeField(axes: Axes, field: SettingField): string {
  switch (field) {
    case 'threads':
      return `${axes.threads} thread${axes.threads === 1 ? '' : 's'}`;
    case 'text':
      return `${axes.text} texts`;
    case 'model':
    case 'task':
    case 'provider':
    case 'precision':
      return axes[field];
  }
}

/** "length 128, batch 8" */
export function place(row: Pick<Row, 'seqLen' | 'batch'>): string {
  return `length ${row.seqLen}, batch ${row.batch}`;
}

/**
 * Dense first, then METHODS order, methods of files by name, and last what is no method; points by name with their
 * numbers in numeric order.
 */
export function compareVariants(a: Pick<Row, 'method' | 'point'>, b: Pick<Row, 'method' | 'point'>): number {
  const byPlace = placeOf(a.method) - placeOf(b.method);
  if (byPlace !== 0) return byPlace;
  if (a.method !== b.method) return a.method < b.method ? -1 : 1;
  return (a.point ?? '').localeCompare(b.point ?? '', 'en', { numeric: true });
}

function placeOf(method: string): number {
  const place = [...METHODS, FILES, ...OTHER_ROWS].findIndex((known) => known === method);
  return place === -1 ? METHODS.length : place;
}

/** Stands for the methods that come from files. */
const FILES = '';

export function isPruned(row: Pick<Row, 'method'>): boolean {
  return !isDense(row.method) && row.method !== 'peer';
}

export function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

export function settingsOf(summary: Summary): readonly Setting[] {
  const varying = varyingFields(summary.rows);
  const byKey = groupBy(summary.rows, settingKey);
  return [...byKey].flatMap(([key, rows]) => {
    const [first] = rows;
    if (first === undefined) return [];
    const noise = (summary.noiseFloor?.groups ?? []).filter((entry) => settingKey(entry.group) === key);
    const shortLabel = describe(first, varying);
    return [
      {
        key,
        slug: varying.map((field) => String(first[field])).join('-'),
        label: describe(first),
        shortLabel,
        rows: rows.toSorted(byCell),
        noise,
        lengths: ascending(rows.map((row) => row.seqLen)),
        batches: ascending(rows.map((row) => row.batch)),
        variants: [...new Set(rows.toSorted(compareVariants).map(variantKey))],
        words: vocabularyOf(rows),
      },
    ];
  });
}

function byCell(a: Row, b: Row): number {
  return a.seqLen - b.seqLen || a.batch - b.batch || compareVariants(a, b);
}

/** The noise floor of a row's group as a share, else the run's worst, else 0 (none measured). */
export function noiseFloorOf(noiseFloor: Summary['noiseFloor'], row: Row): number {
  if (noiseFloor === null) return 0;
  const own = noiseFloor.groups.find(
    ({ group }) =>
      settingKey(group) === settingKey(row) && group.batch === row.batch && group.seqLen === row.seqLen,
  );
  return own?.floor ?? noiseFloor.worst;
}
