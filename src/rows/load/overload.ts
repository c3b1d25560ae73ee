// Whether requests arrived faster than they were answered. Then the queue grows as long as they arrive, latency
// depends on how long that went on, and no percentile means anything beyond that turn.
import type { Doubt } from '../../core/schema/doubt.ts';
import type { LoadRequests, LoadVariant, Scenario } from '../../core/schema/scenario.ts';
import { mean, sum } from '../../stats/samples.ts';

/** Share of the streams' time that may be occupied; at 1 the queue has no bound. */
const MOST_LOAD = 0.97;
/** A queue that takes this share of a turn to empty has grown through all of it. */
const MOST_DRAIN_SHARE = 0.25;
/** But a single slow request at the end of a short turn is no queue. */
const LEAST_DRAIN_REQUESTS = 10;

export function overloadDoubts(scenario: Scenario, requests: LoadRequests, variant: LoadVariant): Doubt[] {
  const { streams, ratePerSecond } = scenario;
  if (ratePerSecond === null) return [];
  const occupied = variant.latencyMs
    .map((ms, index) => ms - (variant.waitMs[index] ?? 0))
    .filter((_, index) => (variant.serviceMs[index] ?? 0) > 0);
  if (occupied.length === 0) return [];
  const load = offeredLoad(requests, mean(occupied), streams);
  const grows = drains(requests, variant) > MOST_DRAIN_SHARE && queued(requests, variant, occupied, streams);
  if (load < MOST_LOAD && variant.abandoned === 0 && !grows) return [];
  const given =
    variant.abandoned === 0
      ? ''
      : `; ${variant.abandoned} requests were given up unanswered, so the latencies are lower bounds`;
  return [
    {
      code: 'overload',
      message: `${rounded(ratePerSecond)} requests a second are ${(100 * load).toFixed(0)} % of what ${streams} stream(s) of ${variant.id} can answer: its queue grows, and its latencies are those of a turn of this length${given}`,
      advice: 'lower --rate, or raise --streams on a machine with more cores',
    },
  ];
}

/** Arrivals of the schedule as it was drawn, not its mean rate: work that arrives over time to do it. */
export function offeredLoad({ turn, arrivalMs }: LoadRequests, occupiedMs: number, streams: number): number {
  const spanMs = sum(lastArrivals(turn, arrivalMs));
  return spanMs === 0 ? 0 : (turn.length * occupiedMs) / (streams * spanMs);
}

/** Share of the turns' time that lies after the last arrival. */
function drains({ turn, arrivalMs }: LoadRequests, { turnMs }: LoadVariant): number {
  const last = lastArrivals(turn, arrivalMs);
  const first = firstArrivals(turn, arrivalMs);
  const span = sum(turnMs);
  const after = sum(turnMs.map((ms, index) => ms - ((last[index] ?? 0) - (first[index] ?? 0))));
  return span === 0 ? 0 : after / span;
}

function queued(
  requests: LoadRequests,
  variant: LoadVariant,
  occupied: readonly number[],
  streams: number,
): boolean {
  const after = drains(requests, variant) * mean(variant.turnMs);
  return after > (LEAST_DRAIN_REQUESTS * mean(occupied)) / streams;
}

function lastArrivals(turn: readonly number[], arrivalMs: readonly number[]): number[] {
  const last: number[] = [];
  turn.forEach((which, index) => (last[which] = arrivalMs[index] ?? 0));
  return last;
}

function firstArrivals(turn: readonly number[], arrivalMs: readonly number[]): number[] {
  const first: number[] = [];
  turn.forEach((which, index) => (first[which] ??= arrivalMs[index] ?? 0));
  return first;
}

function rounded(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
