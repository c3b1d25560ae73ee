// Accuracy against what it buys, a chart a length: FLOPs ratio and measured speed-up, both vs dense, at the largest
// batch size that has both. Only rows of one length share inputs, so only they may dominate each other.
import type { Row } from '../../../core/schema/row.ts';
import { NOT_MEASURED, ratio, ratioInterval } from '../format.ts';
import { metricName, metricTitle, score } from '../metric.ts';
import type { Setting } from '../settings.ts';
import { labelOf, type Vocabulary } from '../vocabulary.ts';
import type { ChartPoint, ChartSpec } from './chartSpec.ts';
import { chartId, seriesOf, titleOf } from './seriesOf.ts';

const GAINS = [
  { id: 'accuracy-vs-flops', what: 'FLOPs saved', counted: 'FLOPs' },
  { id: 'accuracy-vs-speedup', what: 'measured speed-up', counted: 'time' },
] as const;
type Gain = (typeof GAINS)[number];

export function accuracyCharts(setting: Setting): ChartSpec[] {
  return setting.lengths.flatMap((length) =>
    GAINS.flatMap((gain) => accuracyChart(setting, gain, length) ?? []),
  );
}

/** Reads a point off a row without its dominance; null when either number is missing. */
function bare(row: Row, gain: Gain): ChartPoint | null {
  if (row.accuracy === null) return null;
  const { metric, value, ...ends } = row.accuracy;
  const scale = metric === 'accuracy' ? 100 : 1;
  const [y, low, high] = [value * scale, ends.low * scale, ends.high * scale];
  if (gain.id === 'accuracy-vs-flops') {
    return row.flops === null ? null : { x: row.flops.ratioVsDense, y, low, high };
  }
  const speedup = row.speedup?.vsDense ?? (row.method === 'dense' ? { median: 1, low: 1, high: 1 } : null);
  if (speedup === null) return null;
  return {
    x: speedup.median,
    xLow: speedup.low,
    xHigh: speedup.high,
    y,
    low,
    high,
  };
}

function accuracyChart(setting: Setting, gain: Gain, length: number): ChartSpec | null {
  const candidates = setting.rows.filter((row) => row.seqLen === length && bare(row, gain) !== null);
  const batch = Math.max(...candidates.map((row) => row.batch));
  const rows = candidates.filter((row) => row.batch === batch);
  if (rows.length < 2) return null;
  const points = new Map(rows.map((row) => [row, bare(row, gain)]));
  const isDominated = (own: ChartPoint): boolean =>
    [...points.values()].some((other) => other !== null && dominates(other, own));
  const pointOf = (row: Row): ChartPoint | null => {
    const point = points.get(row) ?? null;
    return point === null ? null : { ...point, dominated: isDominated(point) };
  };
  const [first] = rows;
  const metric = first?.accuracy?.metric ?? 'accuracy';
  const isShare = metric === 'accuracy';
  const name = metricName(metric);
  const capital = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const where = `length ${length}, batch ${batch}`;
  return {
    id: chartId(setting, gain.id, `length${length}`),
    section: 'accuracy',
    kind: 'points',
    title: titleOf(setting, `${capital} against ${gain.what}, ${where}`),
    caption: `${capital} on ${first?.accuracy?.n ?? 0} examples with its 95 % ${isShare ? 'Wilson' : 'bootstrap'} interval, against ${gain.what} ${setting.words.vsBaseline} at ${where}. The intervals of single ${setting.words.methods} overlap more than their paired differences do; judge by the differences in the table of all numbers.`,
    x: { title: axisTitle(gain, setting.words), scale: 'linear', suffix: 'x' },
    y: isShare
      ? { title: 'accuracy (%)', scale: 'linear', suffix: ' %' }
      : { title: name, scale: 'linear', suffix: '' },
    series: seriesOf(setting, rows, pointOf),
    band: [],
    table: {
      headers: [setting.words.method, gain.what, metricTitle(metric), '95 % interval', 'dominated'],
      rows: rows.map((row) => accuracyCells(row, gain, pointOf(row)?.dominated === true)),
    },
  };
}

function axisTitle({ counted }: Gain, { baseline, method }: Vocabulary): string {
  return `${counted} of ${baseline} / ${counted} of the ${method} (x)`;
}

function dominates(other: ChartPoint, own: ChartPoint): boolean {
  return other.x >= own.x && other.y >= own.y && (other.x > own.x || other.y > own.y);
}

function accuracyCells(row: Row, gain: Gain, dominated: boolean): string[] {
  const flops = row.flops === null ? NOT_MEASURED : ratio(row.flops.ratioVsDense);
  const speedup = row.method === 'dense' ? 'baseline' : ratioInterval(row.speedup?.vsDense);
  const { accuracy } = row;
  return [
    labelOf(row),
    gain.id === 'accuracy-vs-flops' ? flops : speedup,
    accuracy === null ? NOT_MEASURED : score(accuracy.metric, accuracy.value),
    accuracy === null
      ? ''
      : `${score(accuracy.metric, accuracy.low)} to ${score(accuracy.metric, accuracy.high)}`,
    dominated ? 'yes' : 'no',
  ];
}
