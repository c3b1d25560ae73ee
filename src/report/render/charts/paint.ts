// From a chart's data to a Chart.js configuration in a theme. These functions run in Node for the PNGs and, printed
// with Function.prototype.toString, in the browser for the page: so each may use only its arguments, the others of
// CHART_PAINT_FUNCTIONS and plain JavaScript, never an import's value or a constant of this module.
import type { ChartConfiguration } from 'chart.js/auto';
import type { ChartAxis, ChartPoint, ChartSeries, ChartSpec } from '../../findings/charts/chartSpec.ts';
import { axisRange, axisValue, drawnAlongY, sidestep, tickText } from './axis.ts';
import { drawBand, drawBar, drawBars, drawMarks, drawReference, intervalPlugin } from './intervals.ts';
import type { Theme } from './palette.ts';

/** What differs between a wide picture, a page and a phone. */
export interface Format {
  readonly title: boolean;
  readonly fontSize: number;
}

export function chartConfiguration(spec: ChartSpec, theme: Theme, format: Format): ChartConfiguration {
  const bars = spec.kind === 'bars';
  const configuration = {
    type: bars ? 'bar' : 'scatter',
    data: {
      ...(bars ? { labels: spec.y.names } : {}),
      datasets: spec.series.map((series, index) => chartDataset(spec, series, index, theme)),
    },
    options: chartOptions(spec, theme, format),
    plugins: [intervalPlugin(spec, theme)],
  };
  // The dataset's own extra fields (low, high) are not part of Chart.js's types.
  return configuration as unknown as ChartConfiguration;
}

function chartDataset(spec: ChartSpec, series: ChartSeries, index: number, theme: Theme): object {
  const color = theme.colors[series.role] ?? theme.text;
  if (spec.kind === 'bars') {
    return { label: series.label, data: series.points.map((point) => point.x), backgroundColor: color };
  }
  const shift = spec.kind === 'steps' ? 0 : sidestep(spec, index);
  const hollow = series.points.map((point) => (point.dominated === true ? theme.background : color));
  const shape = theme.shapes[series.role] ?? 'circle';
  const stroke = shape === 'crossRot' || shape === 'star' ? 2.5 : 2;
  return {
    label: series.label,
    data: series.points.map((point) => ({
      ...point,
      x: axisValue(spec.x, point.x) + shift,
      y: axisValue(spec.y, point.y),
      from: point,
    })),
    borderColor: color,
    backgroundColor: color,
    pointBackgroundColor: hollow,
    pointBorderColor: color,
    pointStyle: shape,
    pointRadius: spec.kind === 'steps' ? 4 : 6,
    pointHoverRadius: 8,
    pointBorderWidth: stroke,
    borderWidth: 2,
    borderDash: series.dash,
    showLine: spec.kind === 'lines' || spec.kind === 'steps',
    stepped: spec.kind === 'steps' ? 'after' : false,
    clip: false,
  };
}

function chartOptions(spec: ChartSpec, theme: Theme, format: Format): object {
  const bars = spec.kind === 'bars';
  const font = { family: theme.font, size: format.fontSize };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    indexAxis: bars ? 'y' : 'x',
    interaction: { mode: 'nearest', intersect: bars },
    layout: { padding: 6 },
    plugins: {
      title: {
        display: format.title,
        text: spec.title,
        color: theme.text,
        font: { ...font, size: format.fontSize + 4 },
      },
      legend: {
        position: 'bottom',
        labels: { color: theme.text, font, usePointStyle: true, boxHeight: 8, padding: 14 },
      },
      tooltip: { callbacks: { title: () => '', label: (item: TooltipItem) => tooltipText(spec, item) } },
    },
    scales: { x: chartScale(spec, spec.x, theme, font, 'x'), y: chartScale(spec, spec.y, theme, font, 'y') },
  };
}

interface TooltipItem {
  readonly dataset: { readonly label: string };
  readonly raw: number | { readonly from: ChartPoint };
}

function tooltipText(spec: ChartSpec, { dataset, raw }: TooltipItem): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (typeof raw === 'number') return `${dataset.label}: ${short(raw)}${spec.x.suffix ?? ' ms'}`;
  const { x, y, low, high } = raw.from;
  const range = low === undefined || high === undefined ? '' : ` [${short(low)}..${short(high)}]`;
  return `${dataset.label}: ${short(y)}${spec.y.suffix ?? ''}${range} at ${short(x)}${spec.x.suffix ?? ''}`;
}

function chartScale(spec: ChartSpec, axis: ChartAxis, theme: Theme, font: object, side: 'x' | 'y'): object {
  const log = axis.scale === 'log';
  const bars = spec.kind === 'bars';
  const [low, high] =
    log || (side === 'y' && !bars) ? axisRange(axis, side === 'y' ? drawnAlongY(spec) : []) : [];
  const base = {
    title: { display: true, text: axis.title, color: theme.text, font },
    grid: { color: theme.grid },
    border: { color: theme.muted },
    min: low ?? axis.min,
    max: high ?? axis.max,
    stacked: bars,
  };
  const labels = { color: theme.muted, font, maxRotation: 0, autoSkipPadding: 8, includeBounds: false };
  if (axis.names !== undefined) return { ...base, type: 'category', ticks: { ...labels, autoSkip: false } };
  const text = (value: number): string => `${tickText(log ? 2 ** value : value)}${axis.suffix ?? ''}`;
  const ticks = axis.ticks?.map((value) => ({ value: axisValue(axis, value) }));
  const setTicks = (scale: { ticks: object[] }): void => {
    if (ticks !== undefined) scale.ticks = ticks;
  };
  return { ...base, type: 'linear', afterBuildTicks: setTicks, ticks: { ...labels, callback: text } };
}

/** Everything that the page needs to draw, in one list; order does not matter. */
export const CHART_PAINT_FUNCTIONS = [
  chartConfiguration,
  chartDataset,
  axisValue,
  sidestep,
  axisRange,
  drawnAlongY,
  chartOptions,
  tooltipText,
  chartScale,
  tickText,
  intervalPlugin,
  drawBand,
  drawReference,
  drawBars,
  drawBar,
  drawMarks,
] as const;
