// Where values lie on a chart's axes. Also runs in the browser; see chartPaint.ts for the rule that follows from that.
import type { ChartAxis, ChartSpec } from './charts/chartSpec.ts';

/** Logarithmic axes are drawn as linear ones of log2, because Chart.js labels decades only. */
export function axisValue(axis: ChartAxis, value: number): number {
  return axis.scale === 'log' ? Math.log2(value) : value;
}

/** Moves series apart on a logarithmic x axis, by at most 3 % of its width in all. */
export function sidestep(spec: ChartSpec, index: number): number {
  if (spec.x.scale !== 'log' || spec.series.length < 2) return 0;
  const [low, high] = axisRange(spec);
  return ((index / (spec.series.length - 1) - 0.5) * (high - low)) / 32;
}

/** Range of a logarithmic x axis: its ticks with a margin. */
export function axisRange(spec: ChartSpec): [number, number] {
  const ticks = (spec.x.ticks ?? []).map((tick) => axisValue(spec.x, tick));
  const low = Math.min(...ticks);
  const high = Math.max(...ticks);
  const margin = Math.max(0.25, (high - low) * 0.06);
  return [low - margin, high + margin];
}

/** Up to three significant digits. */
export function tickText(value: number | string): string {
  return String(Number(Number(value).toPrecision(3)));
}
