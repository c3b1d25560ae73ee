// A Chart.js plugin that draws what the library has no element for: interval bars, the noise-floor band and the
// line at 1. Also runs in the browser; see paint.ts for the rule that follows from that.
import type { Plugin } from 'chart.js/auto';
import { axisValue } from './axis.ts';
import type { ChartPoint, ChartSpec } from '../../findings/charts/chartSpec.ts';
import type { Theme } from './palette.ts';

/** What of a canvas context is used here; the program is compiled without the browser's types. */
interface Pen {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  font: string;
  textAlign: string;
  fillText(text: string, x: number, y: number): void;
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  setLineDash(pattern: number[]): void;
  fill(): void;
  stroke(): void;
}

interface Scale {
  getPixelForValue(value: number): number;
}

/** What of a Chart.js chart is used here. */
interface Drawing {
  readonly ctx: Pen;
  readonly chartArea: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly scales: { readonly x: Scale; readonly y: Scale };
  readonly data: {
    readonly datasets: readonly { readonly borderColor?: string; readonly data: readonly ChartPoint[] }[];
  };
  getDatasetMeta(index: number): {
    readonly hidden: boolean | null;
    readonly data: readonly { readonly x: number; readonly y: number }[];
  };
}

export function intervalPlugin(spec: ChartSpec, theme: Theme): Plugin {
  return {
    id: 'intervals',
    beforeDatasetsDraw: (chart) => {
      const drawing = chart as unknown as Drawing; // datasets are those of chartDataset
      drawBand(drawing, spec, theme);
      drawReference(drawing, spec, theme);
    },
    afterDatasetsDraw: (chart) => {
      drawBars(chart as unknown as Drawing); // as above
      drawMarks(chart as unknown as Drawing, spec, theme); // as above
    },
  };
}

/** The noise floor as a band; beyond its first and last length it goes on level. */
export function drawBand(chart: Drawing, spec: ChartSpec, theme: Theme): void {
  const { x, y } = chart.scales;
  const first = spec.band[0];
  const last = spec.band[spec.band.length - 1];
  if (first === undefined || last === undefined) return;
  const { ctx, chartArea } = chart;
  const places = spec.band.map((point) => x.getPixelForValue(axisValue(spec.x, point.x)));
  const clamp = (value: number): number =>
    Math.min(Math.max(y.getPixelForValue(value), chartArea.top), chartArea.bottom);
  ctx.save();
  ctx.fillStyle = theme.band;
  ctx.beginPath();
  ctx.moveTo(chartArea.left, clamp(first.high));
  spec.band.forEach((point, index) => ctx.lineTo(places[index] ?? 0, clamp(point.high)));
  ctx.lineTo(chartArea.right, clamp(last.high));
  ctx.lineTo(chartArea.right, clamp(last.low));
  for (let index = spec.band.length - 1; index >= 0; index -= 1) {
    ctx.lineTo(places[index] ?? 0, clamp(spec.band[index]?.low ?? 1));
  }
  ctx.lineTo(chartArea.left, clamp(first.low));
  ctx.closePath();
  ctx.fill();
  ctx.restore();
}

export function drawReference(chart: Drawing, spec: ChartSpec, theme: Theme): void {
  const { y } = chart.scales;
  if (spec.reference === undefined) return;
  const { ctx, chartArea } = chart;
  const at = y.getPixelForValue(spec.reference);
  if (at < chartArea.top || at > chartArea.bottom) return;
  ctx.save();
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.25;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(chartArea.left, at);
  ctx.lineTo(chartArea.right, at);
  ctx.stroke();
  ctx.restore();
}

/** Interval bars with caps, upright and, where x has an interval too, level. */
export function drawBars(chart: Drawing): void {
  const { ctx, scales } = chart;
  ctx.save();
  ctx.lineWidth = 1.5;
  chart.data.datasets.forEach((dataset, index) => {
    const meta = chart.getDatasetMeta(index);
    if (meta.hidden === true || dataset.borderColor === undefined) return;
    ctx.strokeStyle = dataset.borderColor;
    ctx.beginPath();
    meta.data.forEach((element, place) => {
      const { low, high, xLow, xHigh } = dataset.data[place] ?? {};
      if (low !== undefined && high !== undefined) {
        drawBar(ctx, element.x, [scales.y.getPixelForValue(high), scales.y.getPixelForValue(low)], false);
      }
      if (xLow !== undefined && xHigh !== undefined) {
        drawBar(ctx, element.y, [scales.x.getPixelForValue(xLow), scales.x.getPixelForValue(xHigh)], true);
      }
    });
    ctx.stroke();
  });
  ctx.restore();
}

/** One bar at `at`, with a cap at each end. */
export function drawBar(pen: Pen, at: number, [from, to]: readonly [number, number], level: boolean): void {
  const line = (a: number, b: number, c: number, d: number): void => {
    pen.moveTo(level ? b : a, level ? a : b);
    pen.lineTo(level ? d : c, level ? c : d);
  };
  line(at, from, at, to);
  for (const end of [from, to]) line(at - 4, end, at + 4, end);
}

/** The name of a series beside its last point, for methods that colour and shape alone do not tell apart. */
export function drawMarks(chart: Drawing, spec: ChartSpec, theme: Theme): void {
  const { ctx } = chart;
  ctx.save();
  ctx.font = `12px ${theme.font}`;
  ctx.textAlign = 'right';
  ctx.fillStyle = theme.text;
  spec.series.forEach(({ mark }, index) => {
    const meta = chart.getDatasetMeta(index);
    const last = meta.data[meta.data.length - 1];
    if (mark !== '' && meta.hidden !== true && last !== undefined) ctx.fillText(mark, last.x - 9, last.y - 6);
  });
  ctx.restore();
}
