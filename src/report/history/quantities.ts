// What is followed from run to run. A timed quantity is a logarithm with noise, in which steps are looked for; what
// is computed (FLOPs, accuracy on the same examples) must repeat to the last digit, so every difference is a change.
import type { Row } from '../../core/schema/row.ts';
import { mean } from '../../stats/samples.ts';
import { student95 } from '../../stats/student.ts';
import { percent, plain, ratio } from '../findings/format.ts';

export interface Reading {
  readonly value: number;
  /** Ends of the 95 % interval within the run; null where it has none. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface Quantity {
  readonly id: 'speedup' | 'latency' | 'conversion' | 'accuracy' | 'score' | 'flops';
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** timed: steps are found against noise. computed: every difference counts. */
  readonly kind: 'timed' | 'computed';
  /** Changes as a ratio, or as a difference (of shares). */
  readonly change: 'ratio' | 'difference';
  /** Whether a change for the worse is an alarm; conversion only restates two others. */
  readonly alarms: boolean;
  readonly read: (row: Row) => Reading | null;
  /** Rows with different ones are not comparable, e.g. accuracies on different examples. */
  readonly inputsOf: (row: Row) => string;
  readonly write: (value: number) => string;
}

const alone = (value: number): Reading => ({ value, low: null, high: null });
const timedInputs = (row: Row): string => row.inputsDigest ?? '';

export const QUANTITIES: readonly Quantity[] = [
  {
    id: 'speedup',
    title: 'speed-up vs dense',
    better: 'higher',
    kind: 'timed',
    change: 'ratio',
    alarms: true,
    read: ({ method, speedup }) => {
      const vsDense = method === 'dense' ? null : (speedup?.vsDense ?? null);
      return vsDense === null ? null : { value: vsDense.median, low: vsDense.low, high: vsDense.high };
    },
    inputsOf: timedInputs,
    write: ratio,
  },
  {
    id: 'latency',
    title: 'p50 (ms)',
    better: 'lower',
    kind: 'timed',
    change: 'ratio',
    alarms: true,
    read: latencyOf,
    inputsOf: timedInputs,
    write: plain,
  },
  {
    id: 'conversion',
    title: 'conversion',
    better: 'higher',
    kind: 'timed',
    change: 'ratio',
    alarms: false,
    read: ({ conversion }) => (conversion === null ? null : alone(conversion)),
    inputsOf: timedInputs,
    write: plain,
  },
  {
    id: 'accuracy',
    title: 'accuracy',
    better: 'higher',
    kind: 'computed',
    change: 'difference',
    alarms: true,
    read: (row) => scoreOf(row, true),
    inputsOf: examplesOf,
    write: percent,
  },
  {
    id: 'score',
    title: 'F1 or correlation',
    better: 'higher',
    kind: 'computed',
    change: 'difference',
    alarms: true,
    read: (row) => scoreOf(row, false),
    inputsOf: examplesOf,
    write: (value) => value.toFixed(4),
  },
  {
    id: 'flops',
    title: 'GFLOPs per sequence',
    better: 'lower',
    kind: 'computed',
    change: 'ratio',
    alarms: true,
    read: ({ flops }) => (flops === null ? null : alone(flops.perSequence / 1e9)),
    inputsOf: timedInputs,
    write: (value) => String(Number(value.toPrecision(4))),
  },
];

/** @param share whether an accuracy is asked for, which is a share, or one of the other metrics, which are not. */
function scoreOf({ accuracy }: Row, share: boolean): Reading | null {
  if (accuracy === null || (accuracy.metric === 'accuracy') !== share) return null;
  return { value: accuracy.value, low: accuracy.low, high: accuracy.high };
}

function examplesOf({ accuracy }: Row): string {
  return accuracy === null ? '' : `${accuracy.metric} ${accuracy.n} ${accuracy.examplesDigest}`;
}

/** The interval of the median is Student's over the blocks' medians, as ratios of it. */
function latencyOf({ latencyMs, blockMedianMs }: Row): Reading | null {
  if (latencyMs === null) return null;
  if (blockMedianMs.length < 2) return alone(latencyMs.p50);
  const logs = blockMedianMs.map(Math.log);
  const squares = logs.map((value) => (value - mean(logs)) ** 2);
  const error = Math.sqrt(mean(squares) / (logs.length - 1));
  const factor = Math.exp(student95(logs.length - 1) * error);
  return { value: latencyMs.p50, low: latencyMs.p50 / factor, high: latencyMs.p50 * factor };
}
