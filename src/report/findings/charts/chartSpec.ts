// What a chart shows, as pure data without colours, shapes or code: the same value is drawn into a PNG, drawn again in the
// page in a light or dark theme, and printed as the chart's table for readers who do not see it.

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

/** Sections of a report in order. */
export const SECTIONS = {
  speedup: {
    title: 'Is it faster?',
    intro:
      'Wall-clock time of the baseline divided by that of the method, on the same inputs, interleaved. Above 1 is faster. Inside the grey band this run cannot tell a method from the baseline.',
  },
  accuracy: {
    title: 'What does it cost in accuracy?',
    intro:
      'Up and to the right is better. A hollow mark is dominated: another method is at least as good in both.',
  },
  tokens: {
    title: 'How many tokens survive?',
    intro: 'Mean tokens alive after the pruning of each layer, as a share of the real tokens at the input.',
  },
  conversion: {
    title: 'How much of the saving becomes time?',
    intro:
      'Conversion is the time ratio divided by the FLOPs ratio, both against dense; 1 means nothing is lost.',
  },
  time: {
    title: 'Where does the time go?',
    intro:
      'Kernel time by operator type from a profiling pass of its own, which costs 5-14 %; not the timed runs.',
  },
  throughput: {
    title: 'How fast in absolute terms?',
    intro:
      'Median latency of one call, and sequences per second. These depend on the machine more than the ratios do.',
  },
  scenarios: {
    title: 'How does it behave under load?',
    intro:
      'The same graphs as they are used: one request after another (single-stream), all at once (offline), and arriving at random times (server), where latency counts from the scheduled arrival and so holds the wait for a free stream. All methods answer the same requests.',
  },
  costs: {
    title: 'What else does it cost?',
    intro: 'Loading, first calls, memory and energy, each method alone in a process of its own.',
  },
} as const;
export type SectionId = keyof typeof SECTIONS;
