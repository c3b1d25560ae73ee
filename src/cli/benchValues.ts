// Values of bench's flags that are more than a number or a name.
import { BenchError } from '../core/errors.ts';
import { SCENARIOS, type Run, type Scenario } from '../core/schema.ts';
import { expandList } from '../plan/ranges.ts';
import { oneOf } from './args.ts';

/** `1%` or `0.01` -> 0.01. Finer than 0.1 % would never end, coarser than 50 % says nothing. */
export function parsePrecision(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (value >= 0.001 && value <= 0.5) return value;
  throw new BenchError(`--precision must be between 0.1% and 50%, not "${text}"`, '--precision 1%');
}

/** `2/3` -> the second of three. */
export function parseShard(text: string): NonNullable<Run['shard']> {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.count >= shard.index && shard.count <= 10_000) return shard;
  throw new BenchError(`--shard must be I/N with 1 <= I <= N, not "${text}"`, '--shard 1/2');
}

export interface ScenarioOptions {
  readonly streams: number | undefined;
  readonly rate: string | undefined;
}

/** Streams and rate that are left open are settled when the run begins: 1 and null stand for that. */
export function parseScenarios(text: string, { streams, rate }: ScenarioOptions): Scenario[] {
  return expandList('scenarios', text).map((word) => {
    const name = oneOf('scenarios', word, SCENARIOS);
    return {
      name,
      streams: name === 'single-stream' ? 1 : (streams ?? 1),
      ratePerSecond: name === 'server' && rate !== undefined ? parseRate(rate) : null,
    };
  });
}

function parseRate(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BenchError(`--rate must be a number of arrivals a second above 0, not "${text}"`, '--rate 20');
}
