// What measuring cost, in one sentence. Shares below one percent are left to the summary's JSON.
import type { Summary } from '../../core/schema/summary.ts';
import { percent, plain } from './format.ts';

const TIMED = 'timed calls';
const LEAST_SHARE = 0.01;

/** Null for runs of versions that did not measure it. */
export function harnessText({ harness, rows }: Summary): string | null {
  if (harness === null) return null;
  const { perCallUs, timedShare, seconds } = harness;
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  const others = Object.entries(seconds)
    .filter(([what, each]) => what !== TIMED && each / total >= LEAST_SHARE)
    .sort(([, a], [, b]) => b - a)
    .map(([what, each]) => `${what} ${percent(each / total, 0)}`);
  const shortestMs = Math.min(...rows.flatMap(({ latencyMs }) => latencyMs?.p50 ?? []));
  const beside = Number.isFinite(shortestMs)
    ? ` (${percent(perCallUs / 1000 / shortestMs)} of the shortest cell's call, in no latency)`
    : '';
  const rest = others.length === 0 ? '' : ` (${others.join(', ')})`;
  return `${plain(perCallUs)} µs per call outside session.run${beside}; ${percent(timedShare, 0)} of ${plain(total)} s in worker processes went into timed calls${rest}`;
}
