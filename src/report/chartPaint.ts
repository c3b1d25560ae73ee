// From a chart's data to a Chart.js configuration in a theme. These functions run in Node for the PNGs and, printed
// with Function.prototype.toString, in the browser for the page: so each may use only its arguments, the others of
// CHART_PAINT_FUNCTIONS and plain JavaScript, never an import's value or a constant of this module.
import type { ChartConfiguration } from 'chart.js/auto';
import type { ChartAxis, ChartSeries, ChartSpec } from './charts/chartSpec.ts';
import { axisRange, axisValue, sidestep, tickText } from './chartAxis.ts';
import { drawBand, drawBars, drawReference, intervalPlugin } from './chartIntervals.ts';
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

export function chartDataset(spec: ChartSpec, series: ChartSeries, index: number, theme: Theme): object {
  const color = theme.colors[series.role] ?? theme.text;
  if (spec.kind === 'bars') {
    return { label: series.label, data: series.points.map((point) => point.x), backgroundColor: color };
  }
  const shift = spec.kind === 'steps' ? 0 : sidestep(spec, index);
  const hollow = series.points.map((point) => (point.dominated === true ? theme.background : color));
  const stroke = series.shape === 'crossRot' || series.shape === 'star' ? 2.5 : 2;
  return {
    label: series.label,
    data: series.points.map((point) => ({ ...point, x: axisValue(spec.x, point.x) + shift, from: point.x })),
    borderColor: color,
    backgroundColor: color,
    pointBackgroundColor: hollow,
    pointBorderColor: color,
    pointStyle: series.shape,
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

export function chartOptions(spec: ChartSpec, theme: Theme, format: Format): object {
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
      title: { display: format.title, text: spec.title, color: theme.text, font: { ...font, size: format.fontSize + 4 } },
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
  readonly raw: number | { readonly from: number; readonly y: number; readonly low?: number; readonly high?: number };
}

export function tooltipText(spec: ChartSpec, { dataset, raw }: TooltipItem): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (typeof raw === 'number') return `${dataset.label}: ${short(raw)} ms`;
  const suffix = spec.y.suffix ?? '';
  const range = raw.low === undefined || raw.high === undefined ? '' : ` [${short(raw.low)}..${short(raw.high)}]`;
  return `${dataset.label}: ${short(raw.y)}${suffix}${range} at ${short(raw.from)}${spec.x.suffix ?? ''}`;
}

export function chartScale(spec: ChartSpec, axis: ChartAxis, theme: Theme, font: object, side: 'x' | 'y'): object {
  const log = axis.scale === 'log';
  const [low, high] = side === 'x' && log ? axisRange(spec) : [axis.min, axis.max];
  const ticks = axis.ticks?.map((value) => ({ value: axisValue(axis, value) }));
  const base = {
    title: { display: true, text: axis.title, color: theme.text, font },
    grid: { color: theme.grid },
    border: { color: theme.muted },
    ...(low === undefined ? {} : { min: low }),
    ...(high === undefined ? {} : { max: high }),
    ...(spec.kind === 'bars' ? { stacked: true } : {}),
  };
  const labels = { color: theme.muted, font, maxRotation: 0, autoSkipPadding: 8 };
  if (axis.names !== undefined) return { ...base, type: 'category', ticks: { ...labels, autoSkip: false } };
  if (side === 'y' && log) return { ...base, type: 'logarithmic', ticks: { ...labels, callback: tickText } };
  return {
    ...base,
    type: 'linear',
    ...(ticks === undefined ? {} : { afterBuildTicks: (scale: { ticks: object[] }) => (scale.ticks = ticks) }),
    ticks: {
      ...labels,
      autoSkip: true,
      callback: (value: number) => `${tickText(side === 'x' && log ? 2 ** value : value)}${axis.suffix ?? ''}`,
    },
  };
}

/** Everything that the page needs to draw, in one list; order does not matter. */
export const CHART_PAINT_FUNCTIONS = [
  chartConfiguration,
  chartDataset,
  axisValue,
  sidestep,
  axisRange,
  chartOptions,
  tooltipText,
  chartScale,
  tickText,
  intervalPlugin,
  drawBand,
  drawReference,
  drawBars,
] as const;
