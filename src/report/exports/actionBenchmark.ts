// Runs for github-action-benchmark, as its tools `customBiggerIsBetter` and `customSmallerIsBetter` read them: a JSON
// array of name, unit, value, and as texts range and extra (src/extract.ts there). A file has one direction, so there
// are two. That action compares with the one run before by a fixed percentage; the gate and the history here do not,
// so use it for its charts and leave its alarm high.
import { cellKey, variantKey } from '../../core/keys.ts';
import { writeJsonAtomic } from '../../core/atomicFile.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { validityOf, validityOfRow } from '../../core/validity.ts';

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
  const places = summaries.flatMap(({ run, rows }) =>
    rows
      .filter(({ status, method }) => status === 'ok' && method !== 'peer') // its alarm is not for other programs
      .map((row) => ({ row, run })),
  );
  return {
    biggerIsBetter: places.flatMap(biggerOf),
    smallerIsBetter: places.flatMap(smallerOf),
  };
}

interface Place {
  readonly row: Row;
  readonly run: Summary['run'];
}

function biggerOf(place: Place): ActionBenchmark[] {
  const { speedup, throughput, accuracy, method } = place.row;
  const vsDense = method === 'dense' ? null : (speedup?.vsDense ?? null);
  const found: ActionBenchmark[] = [];
  if (vsDense !== null) {
    const named = entry(place, 'speed-up vs dense', 'x', vsDense.median);
    found.push({ ...named, range: rangeOf(vsDense) });
  }
  if (throughput !== null) {
    found.push(entry(place, 'throughput', 'sequences/s', throughput.sequencesPerSecond));
  }
  if (accuracy !== null) {
    found.push({
      ...entry(place, accuracy.metric, accuracy.metric === 'accuracy' ? 'share' : 'score', accuracy.value),
      range: rangeOf(accuracy),
    });
  }
  return found;
}

function smallerOf(place: Place): ActionBenchmark[] {
  const { latencyMs, flops } = place.row;
  const found: ActionBenchmark[] = [];
  if (latencyMs !== null) found.push(entry(place, 'latency p50', 'ms', latencyMs.p50));
  if (flops !== null) found.push(entry(place, 'FLOPs per sequence', 'GFLOPs', flops.perSequence / 1e9));
  return found;
}

function entry({ row, run }: Place, quantity: string, unit: string, value: number): ActionBenchmark {
  const validity = validityOfRow(row) ?? validityOf([]);
  const why = validity.reasons.length === 0 ? '' : `: ${validity.reasons.join(', ')}`;
  const extra = [
    `${variantKey(row)} on ${run.machine.label}`,
    `run ${run.id}, suite ${run.suite}`,
    `${validity.verdict}${why}`,
  ];
  const name = `${run.machine.fingerprint} / ${cellKey(row)} / ${quantity}`;
  return { name, unit, value, extra: extra.join('\n') };
}

function rangeOf({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${short(low)}..${short(high)}`;
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
