// What a chart shows, as pure data without colours, shapes or code: the same value is drawn into a PNG, drawn again in the
// page in a light or dark theme, and printed as the chart's table for readers who do not see it.
import type { SectionId } from './sections.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the 95 % interval of y. */
  readonly low?: number;
  readonly high?: number;
  /** Ends of the 95 % interval of x. */
  readonly xLow?: number;
  readonly xHigh?: number;
  /** Another variant of the same cell is at least as good in both respects; drawn hollow. */
  readonly dominated?: boolean;
}

export interface ChartSeries {
  readonly label: string;
  /** A method, an operator class or a part of the costs: picks colour and shape. */
  readonly role: string;
  /** Dash pattern in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  /** Written beside the last point, e.g. the point's name where a method has several; empty for none. */
  readonly mark: string;
  readonly points: readonly ChartPoint[];
}

export interface ChartAxis {
  /** With its unit. */
  readonly title: string;
  readonly scale: 'linear' | 'log';
  /** The only labelled places; absent: chosen by the chart library. */
  readonly ticks?: readonly number[];
  /** For a categorical axis: names of 0, 1, 2, ... */
  readonly names?: readonly string[];
  readonly suffix?: string;
  readonly min?: number;
  readonly max?: number;
}

/** The noise floor around 1 at one x. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface ChartSpec {
  /** File-safe and unique in a report. */
  readonly id: string;
  readonly section: SectionId;
  readonly kind: 'lines' | 'points' | 'steps' | 'bars';
  readonly title: string;
  readonly caption: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  readonly band: readonly BandPoint[];
  /** A dashed line at this y. */
  readonly reference?: number;
  /** The same numbers as text. */
  readonly table: { readonly headers: readonly string[]; readonly rows: readonly (readonly string[])[] };
}
