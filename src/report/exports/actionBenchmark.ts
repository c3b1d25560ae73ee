// Runs for github-action-benchmark, as its tools `customBiggerIsBetter` and `customSmallerIsBetter` read them: a JSON
// array of name, unit, value, and as texts range and extra (src/extract.ts there). A file has one direction, so there
// are two. That action compares with the one run before by a fixed percentage; the gate and the history here do not,
// so use it for its charts and leave its alarm high.
import { cellKey, variantKey } from '../../core/keys.ts';
import { writeJsonAtomic } from '../../core/atomicFile.ts';
import type { Row, Summary } from '../../core/schema.ts';

export interface ActionBenchmark {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra?: string;
}

export interface ActionBenchmarks {
  /** Speed-ups vs dense, sequences a second, accuracy. */
  readonly biggerIsBetter: readonly ActionBenchmark[];
  /** Latency p50, FLOPs. */
  readonly smallerIsBetter: readonly ActionBenchmark[];
}

/** @param summaries one a machine; names begin with the machine, since the action joins what has one name. */
export function actionBenchmarks(summaries: readonly Summary[]): ActionBenchmarks {
  const rows = summaries.flatMap(({ run, rows: own }) =>
    own.filter(({ status }) => status === 'ok').map((row) => ({ row, run })),
  );
  const named = ({ row, run }: (typeof rows)[number], quantity: string, unit: string) => ({
    name: `${run.machine.fingerprint} / ${cellKey(row)} / ${quantity}`,
    unit,
    extra: extraOf(row, run),
  });
  return {
    biggerIsBetter: rows.flatMap((place) => {
      const { speedup, throughput, accuracy, method } = place.row;
      const vsDense = method === 'dense' ? null : (speedup?.vsDense ?? null);
      return [
        ...(vsDense === null
          ? []
          : [
              {
                ...named(place, 'speed-up vs dense', 'x'),
                value: vsDense.median,
                range: `${short(vsDense.low)}..${short(vsDense.high)}`,
              },
            ]),
        ...(throughput === null
          ? []
          : [{ ...named(place, 'throughput', 'sequences/s'), value: throughput.sequencesPerSecond }]),
        ...(accuracy === null
          ? []
          : [
              {
                ...named(place, accuracy.metric, 'share'),
                value: accuracy.value,
                range: `${short(accuracy.low)}..${short(accuracy.high)}`,
              },
            ]),
      ];
    }),
    smallerIsBetter: rows.flatMap((place) => {
      const { latencyMs, flops } = place.row;
      return [
        ...(latencyMs === null ? [] : [{ ...named(place, 'latency p50', 'ms'), value: latencyMs.p50 }]),
        ...(flops === null
          ? []
          : [{ ...named(place, 'FLOPs per sequence', 'GFLOPs'), value: flops.perSequence / 1e9 }]),
      ];
    }),
  };
}

function extraOf(row: Row, run: Summary['run']): string {
  const doubts = row.doubts.map(({ code }) => code).join(', ');
  const lines = [
    `${variantKey(row)} on ${run.machine.label}`,
    `run ${run.id}, suite ${run.suite}`,
    `verdict ${row.validity?.verdict ?? 'not judged'}${doubts === '' ? '' : `: ${doubts}`}`,
  ];
  return lines.join('\n');
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Writes `path` (bigger is better) and, with `.smaller` before its extension, the other. @returns both paths. */
export function writeActionBenchmarks(benchmarks: ActionBenchmarks, path: string): [string, string] {
  const other = smallerPath(path);
  writeJsonAtomic(path, benchmarks.biggerIsBetter);
  writeJsonAtomic(other, benchmarks.smallerIsBetter);
  return [path, other];
}

export function smallerPath(path: string): string {
  return /\.json$/.test(path) ? path.replace(/\.json$/, '.smaller.json') : `${path}.smaller`;
}
