// Median latency and throughput against sequence length, a chart a batch size each. Both axes are logarithmic, so
// that equal factors are equal distances at every length.
import type { Row } from '../../../core/schema/row.ts';
import { plain } from '../format.ts';
import type { Setting } from '../settings.ts';
import type { ChartSpec } from './chartSpec.ts';
import { crossTable } from './crossTable.ts';
import { chartId, seriesOf, titleOf } from './seriesOf.ts';

const QUANTITIES = [
  {
    id: 'throughput',
    title: 'Throughput',
    axis: 'sequences per second',
    caption: 'Sequences per second (sequences / summed time)',
    valueOf: (row: Row): number | null => row.throughput?.sequencesPerSecond ?? null,
  },
  {
    id: 'latency',
    title: 'Median latency',
    axis: 'p50 of one call (ms)',
    caption: 'Median time of one call, milliseconds',
    valueOf: (row: Row): number | null => row.latencyMs?.p50 ?? null,
  },
] as const;
type Quantity = (typeof QUANTITIES)[number];

export function throughputCharts(setting: Setting): ChartSpec[] {
  return QUANTITIES.flatMap((quantity) =>
    setting.batches.flatMap((batch) => throughputChart(setting, quantity, batch) ?? []),
  );
}

function throughputChart(setting: Setting, quantity: Quantity, batch: number): ChartSpec | null {
  const rows = setting.rows.filter((row) => row.batch === batch);
  const series = seriesOf(setting, rows, (row) => {
    const y = quantity.valueOf(row);
    return y === null ? null : { x: row.seqLen, y };
  });
  if (series.length === 0) return null;
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  return {
    id: chartId(setting, quantity.id, `batch${batch}`),
    section: 'throughput',
    kind: 'lines',
    title: titleOf(setting, `${quantity.title}, batch ${batch}`),
    caption: `${quantity.caption}, at batch ${batch}; logarithmic axes.`,
    x: { title: 'sequence length (tokens)', scale: 'log', ticks: setting.lengths },
    y: { title: quantity.axis, scale: 'log', ticks: ticksBetween(values) },
    series,
    band: [],
    table: crossTable(
      setting,
      rows,
      'length',
      (row) => row.seqLen,
      (row) => {
        const value = quantity.valueOf(row);
        return value === null ? '' : plain(value);
      },
    ),
  };
}

/** 1, 2, 5, 10, ... from just below the smallest to just above the largest value. */
export function ticksBetween(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(low));
  const decades = Math.ceil(Math.log10(high)) - first + 1;
  const steps = Array.from({ length: decades }, (_, decade) =>
    [1, 2, 5].map((step) => step * 10 ** (first + decade)),
  );
  return steps.flat().filter((tick) => tick > low / 2.5 && tick < high * 2.5);
}
