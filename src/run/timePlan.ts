// How the run's time is dealt out. Time blocks share what the rest leaves over, in proportion to the square root of
// their tokens: short cells need fewer seconds to settle, long ones get few rounds per second. What the other steps
// and the start of a process will take is guessed from the pace measured so far, and guessed anew before each step,
// so an error early on is made good later.
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema.ts';
import { inputCount, type Step } from '../plan/steps.ts';
import { tokensOf } from '../plan/plan.ts';
import { median, sum } from '../stats/samples.ts';

/** Before anything is measured: a slow core on a small encoder. */
const FIRST_GUESS_MS_PER_TOKEN = 0.3;
/** Start of a process, and loading one session. */
const START_MS = 500;
const LOAD_MS = 250;
/** For rows, tables and the report at the end. */
const RESERVE_MS = 8000;
const LEAST_BUDGET_MS = 500;

export interface TimePlanOptions {
  readonly budgetMs: number;
  /** After which a block is killed; its rounds get half of that at most. */
  readonly timeoutMs: number;
  /** Documents of an accuracy step. */
  readonly examples: (step: Step) => number;
}

export class TimePlan {
  private readonly options: TimePlanOptions;
  private readonly msPerToken = new Map<string, number>();

  constructor(options: TimePlanOptions) {
    this.options = options;
  }

  /** Learns the pace of dense from a finished block. */
  learn(block: Block): void {
    if (block.kind !== 'time') return;
    const dense = block.variants.find(({ id }) => id === 'dense') ?? block.variants[0];
    if (dense === undefined || dense.samplesMs.length === 0) return;
    const { batch, threads } = block.group;
    const pace = (median(dense.samplesMs) * threads) / (batch * block.meanInputTokens);
    this.msPerToken.set(groupKey(block.group), pace);
  }

  /** Milliseconds for a time step, from the start of its process. @param steps this one and all that follow. */
  budgetMs(step: Step, steps: readonly Step[], elapsedMs: number): number {
    const others = sum(steps.filter(({ kind }) => kind !== 'time').map((one) => this.costMs(one)));
    const left = this.options.budgetMs - RESERVE_MS - elapsedMs - others;
    const weights = sum(steps.filter(({ kind }) => kind === 'time').map(weightOf));
    const share = Math.min((left * weightOf(step)) / weights, this.options.timeoutMs / 2);
    return Math.max(LEAST_BUDGET_MS, share);
  }

  /** What is left of the run, for people: the budget while it holds, else what the steps will take at least. */
  remainingMs(steps: readonly Step[], elapsedMs: number): number {
    const least = sum(steps.map((step) => this.costMs(step)));
    return steps.length === 0 ? 0 : Math.max(least, this.options.budgetMs - RESERVE_MS - elapsedMs);
  }

  /** A profile or an accuracy in full; of a time block its least: loading and warming up. */
  private costMs(step: Step): number {
    const { group, variants } = step;
    const calls = step.kind === 'accuracy' ? this.options.examples(step) / group.batch : inputCount(group);
    const tokens = calls * tokensOf(group);
    const pass = (tokens * this.paceOf(step)) / group.threads;
    return START_MS + variants.length * (LOAD_MS + pass);
  }

  private paceOf({ group }: Step): number {
    const own = this.msPerToken.get(groupKey(group));
    if (own !== undefined) return own;
    const all = [...this.msPerToken.values()];
    return all.length === 0 ? FIRST_GUESS_MS_PER_TOKEN : median(all);
  }
}

function weightOf({ group }: Step): number {
  return Math.sqrt(tokensOf(group));
}
