// What a method costs besides its latency, as a table and in words: loading, first calls, memory and energy. Empty for
// a run that did not measure them, so that older runs show nothing.
import type { Costs } from '../../core/schema/cost.ts';
import type { Row } from '../../core/schema/row.ts';
import { mebibytes, plain } from './format.ts';
import { groupBy } from '../../core/grouping.ts';
import type { NotedGrid } from './notedGrid.ts';
import { place, type Setting } from './settings.ts';
import type { GridColumn } from '../../core/textGrid.ts';
import { labelOf, vocabularyOf } from './vocabulary.ts';

export type CostedRow = Row & { readonly costs: Costs };

export function costedRows(rows: readonly Row[]): CostedRow[] {
  return rows.filter((row): row is CostedRow => row.costs !== null);
}

const COST_COLUMNS: readonly GridColumn[] = [
  { title: 'load ms', align: 'right' },
  { title: 'first call ms', align: 'right' },
  { title: 'new shape ms', align: 'right' },
  { title: 'peak memory', align: 'right' },
  { title: 'added', align: 'right' },
  { title: 'device memory', align: 'right' },
  { title: 'mJ/sequence', align: 'right' },
  { title: 'watts', align: 'right' },
  { title: 'idle watts', align: 'right' },
  { title: 'disturbed by', align: 'left' },
];

const COST_LEGEND =
  'Each cost was measured in a process of its own and is part of no latency. load = making the session; first call = the very first one; new shape = the median first call at a further input shape; peak memory = the most that the process held, Node and ONNX Runtime included; added = the peak less what the process held before it loaded the model.';

/** Null when no costs were measured. */
export function costTable(settings: readonly Setting[]): NotedGrid | null {
  const lines = settings.flatMap(({ shortLabel, rows }) =>
    [...groupBy(costedRows(rows), place)].flatMap(([where, own]) => [
      { heading: shortLabel === '' ? where : `${shortLabel}: ${where}` },
      ...own.map((row) => ({ cells: cellsOf(row) })),
    ]),
  );
  if (lines.length === 0) return null;
  const rows = settings.flatMap((setting) => setting.rows);
  const { method } = vocabularyOf(rows);
  return {
    grid: { columns: [{ title: method, align: 'left' }, ...COST_COLUMNS], lines },
    notes: [COST_LEGEND, ...energyNotes(rows)],
  };
}

function cellsOf(row: CostedRow): string[] {
  const { costs } = row;
  const optional = (value: number | null, write: (value: number) => string): string =>
    value === null ? '' : write(value);
  return [
    labelOf(row),
    plain(costs.loadMs),
    plain(costs.firstRunMs),
    optional(costs.newShapeRunMs, plain),
    mebibytes(costs.peakRssBytes),
    mebibytes(costs.addedRssBytes),
    optional(costs.deviceMemoryBytes, mebibytes),
    optional(costs.energyPerSequenceJoules, (joules) => plain(1000 * joules)),
    optional(costs.watts, plain),
    optional(costs.idleWatts, plain),
    costs.disturbances.join(' '),
  ];
}

/** Once a run: where the energy comes from, or why there is none. */
export function energyNotes(rows: readonly Row[]): string[] {
  const all = costedRows(rows).map(({ costs }) => costs);
  const sources = new Set(all.flatMap(({ energySource }) => energySource ?? []));
  const reasons = new Set(all.flatMap(({ energyReason }) => energyReason ?? []));
  return [
    ...[...sources].map(
      (source) =>
        `Energy comes from ${source}, which counts everything over about a second of calls: idle power is included and not subtracted. Idle watts were read just before.`,
    ),
    ...[...reasons].map((reason) => `Energy is ${reason}.`),
  ];
}
