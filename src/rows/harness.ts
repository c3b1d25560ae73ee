// What measuring itself costs, over all blocks of a run: the time per call that lies outside `session.run` and so in
// no latency, and where the time of the worker processes went. Time between processes is the program's, a few
// milliseconds a block, and is not counted; so a resumed run counts the blocks that it found.
import type { Block, TimeBlock } from '../core/schema/block.ts';
import type { HarnessCost } from '../core/schema/summary.ts';
import { sum } from '../stats/samples.ts';

/** Null for a run without any timed call. */
export function harnessCost(blocks: readonly Block[]): HarnessCost | null {
  const seconds: Record<string, number> = {};
  const add = (what: string, ms: number): void => {
    if (ms > 0) seconds[what] = (seconds[what] ?? 0) + ms / 1000;
  };
  const timed = blocks.filter((block) => block.kind === 'time');
  const harness = timed.map((block) => block.harness);
  const calls = sum(harness.map(({ timedCalls }) => timedCalls));
  if (calls === 0) return null;
  for (const block of timed) addTimeBlock(block, add);
  for (const { kind, wallMs } of blocks) {
    if (kind === 'failed' || kind === 'time' || kind === 'peer') continue; // peers are no work of the run's
    add(NAMES[kind], wallMs);
  }
  return {
    perCallUs: (1000 * sum(harness.map(({ betweenMs }) => betweenMs))) / calls,
    timedShare: (seconds[TIMED] ?? 0) / sum(Object.values(seconds)),
    seconds,
  };
}

const TIMED = 'timed calls';
const NAMES = {
  profile: 'profile',
  accuracy: 'accuracy',
  cost: 'memory and loading',
  load: 'load scenarios',
} as const;

function addTimeBlock({ harness, wallMs }: TimeBlock, add: (what: string, ms: number) => void): void {
  const { timedMs, loadMs, warmUpMs, betweenMs } = harness;
  add(TIMED, timedMs);
  add('loading', loadMs);
  add('warm-up', warmUpMs);
  add('between calls', betweenMs);
  add('checks, start and end of processes', wallMs - timedMs - loadMs - warmUpMs - betweenMs);
}
