// Values of bench's flags that are more than a number or a name.
import { BenchError } from '../core/errors.ts';
import type { Run } from '../core/schema/run.ts';
import { SCENARIOS, type WantedScenario } from '../core/schema/scenario.ts';
import { expandList } from '../plan/ranges.ts';
import { oneOf } from './args.ts';

/** `1%` or `0.01` -> 0.01. Finer than 0.1 % would never end, coarser than 50 % says nothing. */
export function parseInterval(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (value >= 0.001 && value <= 0.5) return value;
  throw new BenchError(`--interval must be between 0.1% and 50%, not "${text}"`, '--interval 1%');
}

/** `2/3` -> the second of three. */
export function parseShard(text: string): NonNullable<Run['shard']> {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.count >= shard.index && shard.count <= 10_000) return shard;
  throw new BenchError(`--shard must be I/N with 1 <= I <= N, not "${text}"`, '--shard 1/2');
}

/** A run's name becomes a folder, so it may not lead anywhere else nor be hidden. */
export function parseRunId(text: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(text)) return text;
  throw new BenchError(
    `--run-id: "${text}" cannot be a folder name`,
    'letters, digits, "-", "_" and ".", at most 100, the first a letter or digit',
  );
}

export interface ScenarioOptions {
  readonly streams: number | undefined;
  readonly rate: string | undefined;
}

/** Streams and rate that are left open are null, and settled when the run knows its machine. */
export function parseScenarios(text: string, options: ScenarioOptions): WantedScenario[] {
  const names = expandList('scenarios', text).map((word) => oneOf('scenarios', word, SCENARIOS));
  return withLoad(
    names.map((name) => ({ name, streams: null, ratePerSecond: null })),
    options,
  );
}

/** Scenarios with the streams and the rate that were said. */
export function withLoad(
  scenarios: readonly WantedScenario[],
  { streams, rate }: ScenarioOptions,
): WantedScenario[] {
  return scenarios.map((one) => ({
    name: one.name,
    streams: one.name === 'single-stream' ? null : (streams ?? one.streams),
    ratePerSecond: one.name === 'server' && rate !== undefined ? parseRate(rate) : one.ratePerSecond,
  }));
}

function parseRate(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BenchError(`--rate must be a number of arrivals a second above 0, not "${text}"`, '--rate 20');
}
