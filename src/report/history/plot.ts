// A trend as an SVG text: own drawing instead of the charts of a run, since a page of trends has hundreds of small
// ones, which as canvases would keep a browser busy for long and show nothing without a script. Colours come from
// the page's style sheet, so that the reader's scheme holds; every number drawn is in a table beside it.
import { quantile, sortSamples } from '../../stats/samples.ts';
import { escapeHtml } from '../render/html/markup.ts';
import type { Quantity } from './quantities.ts';
import type { Trend, TrendPoint, TrendStep } from './record.ts';
import { classOf } from './style.ts';
import { changeText } from './wording.ts';

const WIDTH = 300;
const HEIGHT = 170;
const PLOT = { left: 50, right: 10, top: 30, bottom: 22 };

export interface PlotInput {
  readonly trend: Trend;
  readonly quantity: Quantity;
  readonly method: string;
  /** Runs along x, ascending; the trend's points outside of them are not drawn. */
  readonly runs: readonly number[];
  /** Parallel to `runs`. */
  readonly days: readonly string[];
  readonly label: string;
}

interface Frame {
  /** Pixel of a place along x, and of a value. */
  readonly x: (place: number) => number;
  readonly y: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

export function trendPlot(input: PlotInput): string {
  const points = placed(input);
  const frame = frameOf(input, points);
  const parts = [
    yAxis(frame, input.quantity),
    xAxis(frame, input.days),
    path('bars', points.map((point) => intervalBar(point, frame)).join('')),
    path('line', points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point, frame)}`).join('')),
    ...dots(points, frame),
    ...input.trend.steps.map((step, index) => stepMark(step, index, input, frame)),
  ];
  return `<svg class="trend ${classOf(input.method)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(input.label)}">${parts.join('')}</svg>`;
}

/** A line without axes, for a table cell. */
export function sparkline(input: PlotInput): string {
  const points = placed(input);
  const [width, height] = [132, 30];
  const values = points.map(({ value }) => value);
  const [low, high] = widened(Math.min(...values), Math.max(...values));
  const last = Math.max(1, input.runs.length - 1);
  const frame: Frame = {
    x: (place) => 4 + (place / last) * (width - 8),
    y: (value) => height - 4 - ((value - low) / (high - low)) * (height - 8),
    low,
    high,
  };
  const marks = input.trend.steps.flatMap((step) => {
    const place = input.runs.indexOf(step.run);
    return place < 1
      ? []
      : [path(`mark ${step.direction}`, `M${round(frame.x(place - 0.5))} 2V${height - 2}`)];
  });
  const line = path(
    'line',
    points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point, frame)}`).join(''),
  );
  const end = dots(points.slice(-1), frame);
  return `<svg class="spark ${classOf(input.method)}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(input.label)}">${marks.join('')}${line}${end.join('')}</svg>`;
}

interface Placed extends TrendPoint {
  readonly place: number;
}

function placed({ trend, runs }: PlotInput): Placed[] {
  return trend.points.flatMap((point) => {
    const place = runs.indexOf(point.run);
    return place === -1 ? [] : [{ ...point, place }];
  });
}

/**
 * A value far outside of the middle of all, or the end of a wide interval, is drawn at the edge, so that one bad night
 * does not flatten the rest.
 */
function frameOf({ runs, trend }: PlotInput, points: readonly Placed[]): Frame {
  const values = sortSamples(points.map(({ value }) => value));
  const ends = sortSamples(points.flatMap(({ value, low, high }) => [low ?? value, high ?? value]));
  const [least, most] = [quantile(values, 0.05), quantile(values, 0.95)];
  const reach = Math.max(most - least, Math.abs(most) * 0.01);
  const shown = values.filter((value) => value >= least - reach && value <= most + reach);
  const [low, high] = widened(
    Math.min(quantile(ends, 0.08), ...shown),
    Math.max(quantile(ends, 0.92), ...shown),
  );
  const last = Math.max(1, runs.length - 1);
  const wide = WIDTH - PLOT.left - PLOT.right - 12;
  const tall = HEIGHT - PLOT.top - PLOT.bottom;
  const clamp = (value: number): number => Math.min(Math.max(value, low), high);
  return {
    x: (place) => PLOT.left + 6 + (trend.points.length === 1 ? 0.5 : place / last) * wide,
    y: (value) => PLOT.top + (1 - (clamp(value) - low) / (high - low)) * tall,
    low,
    high,
  };
}

/** At least 2 % high, so that rounding does not look like a change. */
function widened(low: number, high: number): [number, number] {
  const middle = (low + high) / 2;
  const half = Math.max(((high - low) / 2) * 1.12, Math.abs(middle) * 0.01, 1e-9);
  return [middle - half, middle + half];
}

function yAxis(frame: Frame, quantity: Quantity): string {
  return ticksBetween(frame.low, frame.high)
    .map((tick) => {
      const y = round(frame.y(tick));
      const label = `<text x="${PLOT.left - 5}" y="${y + 4}" text-anchor="end">${escapeHtml(tickLabel(tick, quantity))}</text>`;
      return `<path class="grid" d="M${PLOT.left} ${y}H${WIDTH - PLOT.right}"/>${label}`;
    })
    .join('');
}

function tickLabel(tick: number, quantity: Quantity): string {
  if (quantity.id === 'accuracy') return `${Number((tick * 100).toFixed(2))} %`;
  return `${Number(tick.toPrecision(4))}${quantity.id === 'speedup' ? 'x' : ''}`;
}

/** Three to six round numbers. */
export function ticksBetween(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

function xAxis(frame: Frame, days: readonly string[]): string {
  const last = days.length - 1;
  const places = last < 1 ? [0] : last < 4 ? [0, last] : [0, Math.round(last / 2), last];
  return places
    .map((place, index) => {
      const anchor =
        places.length === 1 ? 'middle' : index === 0 ? 'start' : place === last ? 'end' : 'middle';
      return `<text x="${round(frame.x(place))}" y="${HEIGHT - 6}" text-anchor="${anchor}">${days[place] ?? ''}</text>`;
    })
    .join('');
}

function intervalBar({ place, low, high }: Placed, { x, y }: Frame): string {
  return low === null || high === null ? '' : `M${round(x(place))} ${round(y(high))}V${round(y(low))}`;
}

/** Strokes of no length with round ends: full for VALID; hollow for PROVISIONAL; hollow and crossed for INVALID. */
function dots(points: readonly Placed[], frame: Frame): string[] {
  const strokes = (wanted: (point: Placed) => boolean): string =>
    points
      .filter(wanted)
      .map((point) => `M${at(point, frame)}h0`)
      .join('');
  const crosses = points
    .filter(({ verdict }) => verdict === 'INVALID')
    .map(({ place, value }) => {
      const [x, y] = [frame.x(place), frame.y(value)];
      return `M${round(x - 4)} ${round(y - 4)}l8 8m0-8l-8 8`;
    });
  return [
    path(
      'dot',
      strokes(() => true),
    ),
    path(
      'hole',
      strokes(({ verdict }) => verdict !== 'VALID'),
    ),
    path('cross', crosses.join('')),
    path('off', points.map((point) => offScale(point, frame)).join('')),
  ];
}

/** An arrowhead where the value lies beyond the edge. */
function offScale({ place, value }: Placed, { x, y, low, high }: Frame): string {
  if (value >= low && value <= high) return '';
  const towards = value > high ? -1 : 1;
  return `M${round(x(place) - 4)} ${round(y(value) + 3 * towards)}l4 ${4 * towards}l4 ${-4 * towards}`;
}

/** An upright line between the two runs with sign and size, alternating in height so that neighbours do not touch. */
function stepMark(step: TrendStep, index: number, { quantity, runs }: PlotInput, frame: Frame): string {
  const place = runs.indexOf(step.run);
  if (place < 1) return '';
  const x = round(frame.x(place - 0.5));
  const y = index % 2 === 0 ? 11 : 24;
  const anchor = x > WIDTH * 0.75 ? 'end' : x < WIDTH * 0.35 ? 'start' : 'middle';
  const sign = step.change.median > (quantity.change === 'ratio' ? 1 : 0) ? '▲' : '▼';
  const text = `${sign} ${changeText(quantity, step.change.median)} ${step.direction}`;
  const label = `<text class="${step.direction}" x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  return `${path(`mark ${step.direction}`, `M${x} ${y + 3}V${HEIGHT - PLOT.bottom}`)}${label}`;
}

function path(kind: string, d: string): string {
  return d === '' ? '' : `<path class="${kind}" d="${d}"/>`;
}

function at({ place, value }: Placed, { x, y }: Frame): string {
  return `${round(x(place))} ${round(y(value))}`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
