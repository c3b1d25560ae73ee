// Conversion against live tokens in flight: below some hundred tokens a layer's weights must be streamed for a few
// rows, so that saved FLOPs do not become saved time. The chart shows where that begins here; where there are lengths
// enough, another one a batch size shows it by length.
import type { Row } from '../../../core/schema/row.ts';
import { LEAST_LENGTHS } from '../conversionTable.ts';
import { plain } from '../format.ts';
import { isPruned, type Setting, place } from '../settings.ts';
import { labelOf } from '../vocabulary.ts';
import type { ChartPoint, ChartSpec } from './chartSpec.ts';
import { crossTable } from './crossTable.ts';
import { chartId, seriesOf, titleOf } from './seriesOf.ts';

export function conversionCharts(setting: Setting): ChartSpec[] {
  const rows = setting.rows.filter(
    (row) => isPruned(row) && row.conversion !== null && row.meanInputTokens !== null,
  );
  if (rows.length === 0) return [];
  const spec: ChartSpec = {
    id: chartId(setting, 'conversion'),
    section: 'conversion',
    kind: 'points',
    title: titleOf(setting, 'Conversion against tokens in flight'),
    caption: `Time ratio / FLOPs ratio, both ${setting.words.vsBaseline}, against batch size x mean input tokens. Bars are the 95 % interval of the time ratio divided by the FLOPs ratio.`,
    x: { title: 'input tokens of one call (batch x mean length)', scale: 'log', ticks: powersAround(rows) },
    y: { title: 'conversion (time ratio / FLOPs ratio)', scale: 'linear' },
    series: seriesOf(setting, rows, (row) => ({ x: tokensInFlight(row), ...conversionOf(row) })),
    band: [],
    reference: 1,
    table: {
      headers: [setting.words.method, 'cell', 'tokens in flight', 'conversion'],
      rows: rows.map((row) => [
        labelOf(row),
        place(row),
        plain(tokensInFlight(row)),
        (row.conversion ?? 0).toFixed(2),
      ]),
    },
  };
  return [spec, ...(setting.lengths.length < LEAST_LENGTHS ? [] : byLength(setting, rows))];
}

function byLength(setting: Setting, rows: readonly Row[]): ChartSpec[] {
  return setting.batches.flatMap((batch): ChartSpec[] => {
    const own = rows.filter((row) => row.batch === batch);
    if (own.length === 0) return [];
    return [
      {
        id: chartId(setting, 'conversion-by-length', `batch${batch}`),
        section: 'conversion',
        kind: 'lines',
        title: titleOf(setting, `Conversion by length, batch ${batch}`),
        caption: `Time ratio / FLOPs ratio, both ${setting.words.vsBaseline}, at batch ${batch}. Bars are the 95 % interval of the time ratio divided by the FLOPs ratio.`,
        x: { title: 'sequence length (tokens)', scale: 'log', ticks: setting.lengths },
        y: { title: 'conversion (time ratio / FLOPs ratio)', scale: 'linear' },
        series: seriesOf(setting, own, (row) => ({ x: row.seqLen, ...conversionOf(row) })),
        band: [],
        reference: 1,
        table: crossTable(
          setting,
          own,
          'length',
          (row) => row.seqLen,
          (row) => (row.conversion ?? 0).toFixed(2),
        ),
      },
    ];
  });
}

/** With the ends of its interval. */
function conversionOf(row: Row): Omit<ChartPoint, 'x'> {
  const flops = row.flops?.ratioVsDense ?? 0;
  const speedup = row.speedup?.vsDense ?? null;
  const bars =
    speedup === null || flops === 0 ? {} : { low: speedup.low / flops, high: speedup.high / flops };
  return { y: row.conversion ?? 0, ...bars };
}

function tokensInFlight(row: Row): number {
  return row.batch * (row.meanInputTokens ?? 0);
}

/** Powers of two from below the smallest to above the largest value. */
function powersAround(rows: readonly Row[]): number[] {
  const tokens = rows.map(tokensInFlight);
  const first = Math.floor(Math.log2(Math.min(...tokens)));
  const last = Math.ceil(Math.log2(Math.max(...tokens)));
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** (first + index));
}
