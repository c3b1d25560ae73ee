// How the run's time is dealt out. What profiles, accuracy and the start of processes leave over goes to the rounds
// of the time blocks: a fixed part each, since even a short cell's blocks must be worth the start of a process, and a
// part in proportion to the square root of their tokens, since long cells get few rounds per second. All this is guessed from the blocks measured so far, and guessed anew before each
// step, so an error early on is made good later. With an interval no block grows beyond its share, since more blocks
// narrow an interval more than longer ones do.
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import { inputCount, type Step } from '../plan/steps.ts';
import { tokensOf } from '../plan/plan.ts';
import { median, sum } from '../stats/samples.ts';

/** Before anything is measured: a slow core on a small encoder. */
const FIRST_GUESS_MS_PER_TOKEN = 0.3;
/** Start of a process, and loading one session. */
const START_MS = 500;
const LOAD_MS = 250;
/** A cost block: its steady calls, and the pause before them. */
const COST_MS = 1500;
/** One load scenario of one group, at least. */
const SCENARIO_MS = 12_000;
/** Share of the whole run's time for the load steps together, where that is more. */
const LOAD_SHARE = 0.5;
/** For rows, tables and the report at the end. */
const RESERVE_MS = 8000;
const LEAST_ROUNDS_MS = 500;
/** How much more than its first share a block may get. */
const GROWTH = 1.25;

export interface TimePlanOptions {
  readonly budgetMs: number;
  /** After which a block is killed; its rounds get half of that at most. */
  readonly timeoutMs: number;
  /** Documents of an accuracy step. */
  readonly examples: (step: Step) => number;
  /** Load scenarios of a load step. */
  readonly scenarios: number;
  /** Groups with a load step, which share the time that goes to them. */
  readonly loadSteps?: number;
  /** Whether time that is left over makes more blocks, not longer ones. */
  readonly moreBlocks: boolean;
}

export class TimePlan {
  private readonly options: TimePlanOptions;
  private readonly msPerToken = new Map<string, number>();
  /** What a time block's process takes besides the timed calls. */
  private readonly overheads = new Map<string, number>();
  private readonly firstShares = new Map<string, number>();

  constructor(options: TimePlanOptions) {
    this.options = options;
  }

  /** Learns the pace of dense, and what a process costs besides its timed calls, from a finished block. */
  learn(block: Block): void {
    if (block.kind !== 'time') return;
    const dense = block.variants.find(({ id }) => id === 'dense') ?? block.variants[0];
    if (dense === undefined || dense.samplesMs.length === 0) return;
    const { batch, threads } = block.group;
    const pace = (median(dense.samplesMs) * threads) / (batch * block.meanInputTokens);
    this.msPerToken.set(groupKey(block.group), pace);
    const timed = sum(block.variants.map(({ samplesMs }) => sum(samplesMs)));
    this.overheads.set(groupKey(block.group), Math.max(0, block.wallMs - timed));
  }

  /** Milliseconds for a step, from the start of its process. @param steps this one and all that follow. */
  budgetMs(step: Step, steps: readonly Step[], elapsedMs: number): number {
    if (step.kind !== 'time') return this.costMs(step);
    const left = this.options.budgetMs - RESERVE_MS - elapsedMs - sum(steps.map((one) => this.costMs(one)));
    const weights = sum(steps.filter(({ kind }) => kind === 'time').map(weightOf));
    const share = this.withinFirstShare(step, Math.max(LEAST_ROUNDS_MS, (left * weightOf(step)) / weights));
    return Math.min(this.costMs(step) + share, this.options.timeoutMs / 2);
  }

  /** Whether one more block of the same length ends in time. */
  fits(step: Step, elapsedMs: number): boolean {
    const rounds = this.firstShares.get(groupKey(step.group)) ?? LEAST_ROUNDS_MS;
    return elapsedMs + this.costMs(step) + rounds <= this.options.budgetMs - RESERVE_MS;
  }

  /** The first share that was dealt out knowing the group's pace is its measure. */
  private withinFirstShare({ group }: Step, shareMs: number): number {
    if (!this.options.moreBlocks || !this.msPerToken.has(groupKey(group))) return shareMs;
    const first = this.firstShares.get(groupKey(group)) ?? shareMs;
    this.firstShares.set(groupKey(group), first);
    return Math.min(shareMs, first * GROWTH);
  }

  /** What is left of the run, for people: the budget while it holds, else what the steps will take at least. */
  remainingMs(steps: readonly Step[], elapsedMs: number): number {
    const least = sum(steps.map((step) => this.costMs(step)));
    return steps.length === 0 ? 0 : Math.max(least, this.options.budgetMs - RESERVE_MS - elapsedMs);
  }

  /** A step in full; of a time block all but its rounds: starting, loading and warming up. */
  private costMs(step: Step): number {
    const { group, variants } = step;
    if (step.kind === 'cost') return START_MS + LOAD_MS + COST_MS;
    if (step.kind === 'load') return this.loadMs();
    const known = step.kind === 'time' ? this.overheads.get(groupKey(group)) : undefined;
    if (known !== undefined) return known;
    const calls = step.kind === 'accuracy' ? this.options.examples(step) / group.batch : inputCount(group);
    const tokens = calls * tokensOf(group);
    const pass = (tokens * this.paceOf(step)) / group.threads;
    const sessions = variants.length + (step.kind === 'time' ? 1 : 0); // the second copy of dense
    return START_MS + sessions * (LOAD_MS + pass);
  }

  private loadMs(): number {
    const { budgetMs, timeoutMs, scenarios, loadSteps = Infinity } = this.options;
    const share = (LOAD_SHARE * budgetMs) / loadSteps;
    return Math.min(timeoutMs / 2, START_MS + Math.max(SCENARIO_MS * scenarios, share));
  }

  private paceOf({ group }: Step): number {
    const own = this.msPerToken.get(groupKey(group));
    if (own !== undefined) return own;
    const all = [...this.msPerToken.values()];
    return all.length === 0 ? FIRST_GUESS_MS_PER_TOKEN : median(all);
  }
}

/** The square root of the tokens whose share equals the fixed part. */
const FIXED_WEIGHT = 10;

function weightOf({ group }: Step): number {
  return FIXED_WEIGHT + Math.sqrt(tokensOf(group));
}
