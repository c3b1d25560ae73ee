// A Chart.js plugin that draws what the library has no element for: interval bars, the noise-floor band and the
// line at 1. Also runs in the browser; see chartPaint.ts for the rule that follows from that.
import type { Chart, Plugin } from 'chart.js/auto';
import { axisValue } from './chartAxis.ts';
import type { ChartPoint, ChartSpec } from './charts/chartSpec.ts';
import type { Theme } from './palette.ts';

export function intervalPlugin(spec: ChartSpec, theme: Theme): Plugin {
  return {
    id: 'intervals',
    beforeDatasetsDraw: (chart) => {
      drawBand(chart, spec, theme);
      drawReference(chart, spec, theme);
    },
    afterDatasetsDraw: (chart) => {
      drawBars(chart);
    },
  };
}

/** The noise floor as a band; beyond its first and last length it goes on level. */
export function drawBand(chart: Chart, spec: ChartSpec, theme: Theme): void {
  const { x, y } = chart.scales;
  const first = spec.band[0];
  const last = spec.band[spec.band.length - 1];
  if (x === undefined || y === undefined || first === undefined || last === undefined) return;
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

export function drawReference(chart: Chart, spec: ChartSpec, theme: Theme): void {
  const { y } = chart.scales;
  if (spec.reference === undefined || y === undefined) return;
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
export function drawBars(chart: Chart): void {
  const { x, y } = chart.scales;
  if (x === undefined || y === undefined) return;
  const { ctx } = chart;
  const cap = 4;
  ctx.save();
  ctx.lineWidth = 1.5;
  chart.data.datasets.forEach((dataset, index) => {
    const meta = chart.getDatasetMeta(index);
    if (meta.hidden || dataset.borderColor === undefined) return;
    ctx.strokeStyle = dataset.borderColor as string; // set as a string by chartDataset
    ctx.beginPath();
    meta.data.forEach((element, place) => {
      const point = dataset.data[place] as unknown as ChartPoint; // the extra fields put there by chartDataset
      if (point.low !== undefined && point.high !== undefined) {
        const [top, bottom] = [y.getPixelForValue(point.high), y.getPixelForValue(point.low)];
        ctx.moveTo(element.x, top);
        ctx.lineTo(element.x, bottom);
        for (const end of [top, bottom]) {
          ctx.moveTo(element.x - cap, end);
          ctx.lineTo(element.x + cap, end);
        }
      }
      if (point.xLow !== undefined && point.xHigh !== undefined) {
        const [left, right] = [x.getPixelForValue(point.xLow), x.getPixelForValue(point.xHigh)];
        ctx.moveTo(left, element.y);
        ctx.lineTo(right, element.y);
        for (const end of [left, right]) {
          ctx.moveTo(end, element.y - cap);
          ctx.lineTo(end, element.y + cap);
        }
      }
    });
    ctx.stroke();
  });
  ctx.restore();
}
