// Speed-up against sequence length, a chart a batch size, vs dense and vs dense-padded, with the interval of each
// ratio and the noise floor around 1.
import type { Interval } from '../../../core/schema/group.ts';
import type { Row } from '../../../core/schema/row.ts';
import { ratioInterval } from '../format.ts';
import type { Setting } from '../settings.ts';
import type { BandPoint, ChartSpec } from './chartSpec.ts';
import { chartId, seriesOf, titleOf } from './seriesOf.ts';
import { crossTable } from './crossTable.ts';

const BASELINES = [
  { id: 'speedup-vs-dense', field: 'vsDense', method: 'dense', vs: 'vsBaseline', name: 'unpaddedBaseline' },
  {
    id: 'speedup-vs-padded',
    field: 'vsDensePadded',
    method: 'dense-padded',
    vs: 'vsPadded',
    name: 'paddedBaseline',
  },
] as const;
type Baseline = (typeof BASELINES)[number];

export function speedupCharts(setting: Setting): ChartSpec[] {
  return BASELINES.flatMap((baseline) =>
    setting.batches.flatMap((batch) => speedupChart(setting, baseline, batch) ?? []),
  );
}

function speedupChart(setting: Setting, baseline: Baseline, batch: number): ChartSpec | null {
  const rows = setting.rows.filter((row) => row.batch === batch && row.method !== baseline.method);
  const ratioOf = (row: Row): Interval | null => row.speedup?.[baseline.field] ?? null;
  const series = seriesOf(setting, rows, (row) => {
    const ratio = ratioOf(row);
    return ratio === null ? null : { x: row.seqLen, y: ratio.median, low: ratio.low, high: ratio.high };
  });
  if (series.length === 0) return null;
  const { words } = setting;
  const name = words[baseline.name];
  return {
    id: chartId(setting, baseline.id, `batch${batch}`),
    section: 'speedup',
    kind: 'lines',
    title: titleOf(setting, `Speed-up vs ${name}, batch ${batch}`),
    caption: `Time of ${name} / time of the ${words.method} at batch ${batch}; bars are 95 % intervals over blocks, and the band is the noise floor. Marks are moved sideways a little so that bars do not cover each other.`,
    x: { title: 'sequence length (tokens)', scale: 'log', ticks: setting.lengths },
    y: { title: `speed-up ${words[baseline.vs]} (x)`, scale: 'linear', suffix: 'x' },
    series,
    band: noiseBand(setting, batch),
    reference: 1,
    table: crossTable(
      setting,
      rows,
      'length',
      (row) => row.seqLen,
      (row) => (ratioOf(row) === null ? '' : ratioInterval(ratioOf(row))),
    ),
  };
}

function noiseBand(setting: Setting, batch: number): BandPoint[] {
  return setting.noise
    .filter(({ group }) => group.batch === batch)
    .map(({ group, floor }) => ({ x: group.seqLen, low: 1 - floor, high: 1 + floor }))
    .sort((a, b) => a.x - b.x);
}
