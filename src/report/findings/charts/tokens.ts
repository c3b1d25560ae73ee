// Tokens alive after each layer as a share of the input, a chart a length. Kept tokens do not depend on the batch
// size, so the largest one stands for all.
import { variantKey } from '../../../core/keys.ts';
import type { Row } from '../../../core/schema/row.ts';
import { isPruned, type Setting } from '../settings.ts';
import type { ChartPoint, ChartSpec } from './chartSpec.ts';
import { chartId, seriesOf, titleOf } from './seriesOf.ts';

export function tokenCharts(setting: Setting): ChartSpec[] {
  return setting.lengths.flatMap((length) => tokenChart(setting, length) ?? []);
}

/** Shares in percent: the input first, then after each layer. */
function sharesOf(row: Row): number[] | null {
  const { keptTokens, meanInputTokens } = row;
  if (keptTokens === null || meanInputTokens === null || meanInputTokens === 0) return null;
  return [100, ...keptTokens.map((kept) => (100 * kept) / meanInputTokens)];
}

function tokenChart(setting: Setting, length: number): ChartSpec | null {
  const known = setting.rows.filter(
    (row) => row.seqLen === length && sharesOf(row) !== null && isPruned(row),
  );
  // A variant that failed at the largest batch still shows what it kept at a smaller one.
  const rows = setting.variants.flatMap(
    (variant) => known.findLast((row) => variantKey(row) === variant) ?? [],
  );
  const series = seriesOf(setting, rows, (row) =>
    (sharesOf(row) ?? []).map((y, layer): ChartPoint => ({ x: layer, y })),
  );
  if (series.length === 0) return null;
  const layers = Math.max(...series.map(({ points }) => points.length - 1));
  const places = Array.from({ length: layers + 1 }, (_, layer) => layer);
  return {
    id: chartId(setting, 'kept-tokens', `length${length}`),
    section: 'tokens',
    kind: 'steps',
    title: titleOf(setting, `Tokens kept after each layer, length ${length}`),
    caption: `Share of the input's real tokens alive after each layer's pruning at length ${length}; 0 is the input. The area under a line is roughly the work that is left.`,
    x: { title: 'layer', scale: 'linear', ticks: places, min: 0, max: layers },
    y: { title: 'kept tokens (% of input)', scale: 'linear', suffix: ' %', min: 0, max: 100 },
    series,
    band: [],
    table: {
      headers: [setting.words.method, ...places.map((layer) => (layer === 0 ? 'input' : `layer ${layer}`))],
      rows: series.map(({ label, points }) => [label, ...points.map(({ y }) => `${y.toFixed(1)} %`)]),
    },
  };
}
