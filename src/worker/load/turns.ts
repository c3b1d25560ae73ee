// How the time of a scenario becomes turns and requests. All variants get the same number of requests in each turn.
import type { ScenarioName } from '../../core/schema/scenario.ts';

/** The more turns, the more often the variants change places; the longer a turn, the more of a queue it can build. */
const TURNS = [8, 6, 4, 2] as const;
const WANTED_REQUESTS = 40;
/** In all turns of a variant; fewer say nothing about a load. */
export const LEAST_REQUESTS = 10;
/** Share of what dense manages: busy enough for queues, with room for slower variants. */
const DEFAULT_LOAD = 0.7;

export interface Pace {
  /** Mean time of a request of dense on one stream with the others idle or busy, milliseconds. */
  readonly requestMs: number;
  /** Requests a second that all streams together managed. */
  readonly capacityPerSecond: number;
}

export interface TurnPlan {
  readonly turns: number;
  /** Requests that a variant gets in a turn. */
  readonly requests: number;
}

/** Requests a second that a variant gets through while it has its turn. */
export function paceOf(name: ScenarioName, pace: Pace, ratePerSecond: number | null): number {
  switch (name) {
    case 'single-stream':
      return 1000 / pace.requestMs;
    case 'offline':
      return pace.capacityPerSecond;
    case 'server':
      return ratePerSecond ?? DEFAULT_LOAD * pace.capacityPerSecond;
  }
}

/** @returns null if the time is too short for it. */
export function planTurns(perSecond: number, variants: number, budgetMs: number): TurnPlan | null {
  const perVariant = (perSecond * budgetMs) / 1000 / variants;
  if (perVariant < LEAST_REQUESTS) return null;
  const turns = TURNS.find((count) => perVariant / count >= WANTED_REQUESTS) ?? 2;
  return { turns, requests: Math.floor(perVariant / turns) };
}
