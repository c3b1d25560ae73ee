// The tail of the latencies: for every length of time, the share of requests that took longer, both on logarithmic
// axes, so that the slowest hundredth has as much room as the rest. Pruning by content makes some inputs cheaper than
// others, and a queue makes much of the dear ones; here that is seen.
import { groupKey } from '../../../core/keys.ts';
import type { ScenarioRow } from '../../../core/schema/scenario.ts';
import type { ChartSpec } from '../charts/chartSpec.ts';
import { chartId, seriesOf, titleOf } from '../charts/seriesOf.ts';
import { ticksBetween } from '../charts/throughput.ts';
import { plain } from '../format.ts';
import { groupBy } from '../../../core/grouping.ts';
import { settingKey, type Setting, place } from '../settings.ts';
import { scenarioText } from './table.ts';

const SHARE_TICKS = [50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1] as const;

/** @param rows of all settings; those of this one are drawn. */
export function scenarioCharts(setting: Setting, rows: readonly ScenarioRow[]): ChartSpec[] {
  const own = rows.filter((row) => row.tail !== null && settingKey(row) === setting.key);
  const charts = groupBy(own, (row) => `${groupKey(row)} ${row.scenario.name}`);
  return [...charts.values()].flatMap((some) => tailChart(setting, some) ?? []);
}

function tailChart(setting: Setting, rows: readonly ScenarioRow[]): ChartSpec | null {
  const series = seriesOf(setting, rows, ({ tail }) =>
    (tail ?? []).map(({ share, ms }) => ({ x: ms, y: 100 * share })),
  );
  const [first] = rows;
  if (first === undefined || series.length === 0) return null;
  const points = series.flatMap((one) => one.points);
  const least = Math.min(...points.map(({ y }) => y));
  const shares = [...new Set(points.map(({ y }) => y))].sort((a, b) => b - a);
  const { name } = first.scenario;
  return {
    id: chartId(setting, 'latency-tail', name, `length${first.seqLen}`, `batch${first.batch}`),
    section: 'scenarios',
    kind: 'lines',
    title: titleOf(setting, `Slowest requests, ${name}, ${place(first)}`),
    caption: `Share of the requests that took longer than the time on the x axis, ${scenarioText(first)}, at ${place(first)}. Further left is better; a line ends where fewer than ten requests are left.`,
    x: {
      title: name === 'server' ? 'ms from scheduled arrival to answer' : 'ms from issue to answer',
      scale: 'log',
      ticks: ticksBetween(points.map(({ x }) => x)),
      suffix: ' ms',
    },
    y: {
      title: 'requests that took longer',
      scale: 'log',
      suffix: ' %',
      ticks: SHARE_TICKS.filter((tick) => tick >= 0.7 * least),
    },
    series,
    band: [],
    table: {
      headers: [setting.words.method, ...shares.map((share) => `slowest ${plain(share)} %`)],
      rows: series.map((one) => [
        one.label,
        ...shares.map((share) => {
          const point = one.points.find(({ y }) => y === share);
          return point === undefined ? 'n too small' : `${plain(point.x)} ms`;
        }),
      ]),
    },
  };
}
