// Where values lie on a chart's axes. Also runs in the browser; see paint.ts for the rule that follows from that.
import type { ChartAxis, ChartSpec } from '../../findings/charts/chartSpec.ts';

/** Logarithmic axes are drawn as linear ones of log2, because Chart.js labels decades only. */
export function axisValue(axis: ChartAxis, value: number): number {
  return axis.scale === 'log' ? Math.log2(value) : value;
}

/** Moves series apart on a logarithmic x axis, by at most 3 % of its width in all, so that bars stay legible. */
export function sidestep(spec: ChartSpec, index: number): number {
  const bars = spec.series.some(({ points }) => points.some(({ low }) => low !== undefined));
  if (!bars || spec.x.scale !== 'log' || spec.series.length < 2) return 0;
  const [low, high] = axisRange(spec.x, []);
  return ((index / (spec.series.length - 1) - 0.5) * (high - low)) / 32;
}

/** Ends of an axis in drawn units: its own, else its ticks and all that is drawn, with a margin. */
export function axisRange(axis: ChartAxis, drawn: readonly number[]): [number, number] {
  const places = [...(axis.ticks ?? []), ...drawn].map((value) => axisValue(axis, value));
  const low = Math.min(...places);
  const high = Math.max(...places);
  const margin = axis.scale === 'log' ? Math.max(0.25, (high - low) * 0.06) : (high - low) * 0.04;
  return [axis.min ?? low - margin, axis.max ?? high + margin];
}

/** All values along y: points, interval ends, band and reference line. */
export function drawnAlongY(spec: ChartSpec): number[] {
  const points = spec.series.flatMap((series) =>
    series.points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]),
  );
  const band = spec.band.flatMap(({ low, high }) => [low, high]);
  return [...points, ...band, ...(spec.reference === undefined ? [] : [spec.reference])];
}

/** Whole numbers whole, others with up to three significant digits. */
export function tickText(value: number): string {
  const nearest = Math.round(value);
  return String(Math.abs(value - nearest) < 1e-6 ? nearest : Number(value.toPrecision(3)));
}
