// Conversion against live tokens in flight: below some hundred tokens a layer's weights must be streamed for a few
// rows, so that saved FLOPs do not become saved time. The chart shows where that begins here.
import type { Row } from '../../core/schema.ts';
import { plain } from '../format.ts';
import { isPruned, type Setting } from '../settings.ts';
import { variantKey } from '../../core/keys.ts';
import { place } from '../answer.ts';
import type { ChartSpec } from './chartSpec.ts';
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
    caption:
      'Time ratio / FLOPs ratio, both vs dense, against batch size x mean input tokens. Bars are the 95 % interval of the time ratio divided by the FLOPs ratio.',
    x: { title: 'input tokens of one call (batch x mean length)', scale: 'log', ticks: powersAround(rows) },
    y: { title: 'conversion (time ratio / FLOPs ratio)', scale: 'linear' },
    series: seriesOf(setting, rows, (row) => {
      const flops = row.flops?.ratioVsDense ?? 0;
      const speedup = row.speedup?.vsDense ?? null;
      const bars =
        speedup === null || flops === 0 ? {} : { low: speedup.low / flops, high: speedup.high / flops };
      return { x: tokensInFlight(row), y: row.conversion ?? 0, ...bars };
    }),
    band: [],
    reference: 1,
    table: {
      headers: ['method', 'cell', 'tokens in flight', 'conversion'],
      rows: rows.map((row) => [
        variantKey(row),
        place(row),
        plain(tokensInFlight(row)),
        (row.conversion ?? 0).toFixed(2),
      ]),
    },
  };
  return [spec];
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
