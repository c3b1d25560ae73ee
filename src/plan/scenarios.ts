// How many streams a load scenario gets where nobody said it: as many as fit side by side on the cores. Cores and not
// hardware threads: two siblings share one set of multipliers, so a second stream there slows the first. A GPU gets one:
// how many share it well is a question of its memory and its kernels, which the person who asks must answer.
import type { Group } from '../core/schema/group.ts';
import type { Scenario, WantedScenario } from '../core/schema/scenario.ts';

/** @param cores that the run may use. */
export function settleScenarios(
  wanted: readonly WantedScenario[],
  { provider, threads }: Pick<Group, 'provider' | 'threads'>,
  cores: number,
): Scenario[] {
  const fitting = provider === 'cpu' ? Math.max(1, Math.floor(cores / threads)) : 1;
  return wanted.map(({ name, streams, ratePerSecond }) => ({
    name,
    streams: name === 'single-stream' ? 1 : (streams ?? fitting),
    ratePerSecond: name === 'server' ? ratePerSecond : null,
  }));
}
