// Which step comes next. First those that every plan has, in the order of plan/steps.ts. Then, if the plan asks for an
// interval, one more time block at a time for the group whose ratios are farthest from it, until all have it, the
// time is over, or a group has had so many blocks that more would not help.
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import type { Group } from '../core/schema/group.ts';
import type { Plan, PlannedGroup } from '../plan/plan.ts';
import { stepsOf, type Step } from '../plan/steps.ts';

/** At most this many times the planned number of blocks. */
const MOST_BLOCKS_FACTOR = 4;

export interface ScheduleOptions {
  readonly plan: Plan;
  /** Whether nothing can be measured of a group here. */
  readonly impossible: (group: Group) => boolean;
  /** Relative half-width of the widest ratio of a group; null when it has none yet. */
  readonly widthOf: (planned: PlannedGroup, blocks: readonly Block[]) => number | null;
  /** Whether a further time block ends within the time. */
  readonly fits: (step: Step) => boolean;
}

export interface Scheduled {
  readonly step: Step;
  /** This step and those that are to follow, as far as can be said. */
  readonly ahead: readonly Step[];
}

export class Schedule {
  private readonly options: ScheduleOptions;
  private readonly queue: Step[];
  /** Group key -> the number that its next time block gets. */
  private readonly nextBlock = new Map<string, number>();

  /** @param stored blocks of an earlier execution; theirs come first, so that they are checked and counted. */
  constructor(options: ScheduleOptions, stored: readonly Block[]) {
    this.options = options;
    const fixed = stepsOf(options.plan);
    const known = new Set(fixed.filter(({ kind }) => kind === 'time').map(nameOf));
    const further = options.plan.groups.flatMap((planned) =>
      stored
        .filter((block) => block.kind === 'time' && groupKey(block.group) === groupKey(planned.group))
        .map((block): Step => ({ kind: 'time', ...planned, block: block.kind === 'time' ? block.block : 0 }))
        .filter((step) => !known.has(nameOf(step))),
    );
    this.queue = [...fixed, ...further].filter(({ group }) => !options.impossible(group));
    for (const { kind, group, block } of this.queue) {
      if (kind !== 'time') continue;
      const key = groupKey(group);
      this.nextBlock.set(key, Math.max(this.nextBlock.get(key) ?? 0, block + 1));
    }
  }

  /** Null when the run is done. @param blocks all so far. */
  next(blocks: readonly Block[]): Scheduled | null {
    const step = this.queue.shift();
    if (step !== undefined) return { step, ahead: [step, ...this.queue, ...this.expected(blocks)] };
    const [further] = this.needy(blocks);
    if (further === undefined) return null;
    const ahead = [further, ...this.expected(blocks).filter((one) => nameOf(one) !== nameOf(further))];
    this.nextBlock.set(groupKey(further.group), further.block + 1);
    return { step: further, ahead };
  }

  /** One more step of each group that is not precise enough and may have one, the least precise first. */
  private needy(blocks: readonly Block[]): Step[] {
    const { plan, widthOf, fits } = this.options;
    const { interval } = plan;
    if (interval === null) return [];
    const wide = this.open().flatMap((planned) => {
      const width = widthOf(planned, blocks);
      const step = this.stepOf(planned, 0);
      const most = plan.blocks * MOST_BLOCKS_FACTOR;
      return width !== null && width > interval && step.block < most && fits(step) ? [{ width, step }] : [];
    });
    return wide.sort((a, b) => b.width - a.width).map(({ step }) => step);
  }

  /** The blocks that bring every group that still needs some to the planned number. */
  private expected(blocks: readonly Block[]): Step[] {
    const { plan, widthOf } = this.options;
    const { interval } = plan;
    if (interval === null) return [];
    return this.open().flatMap((planned) => {
      const width = widthOf(planned, blocks);
      const had = this.nextBlock.get(groupKey(planned.group)) ?? 0;
      const missing = width !== null && width <= interval ? 0 : Math.max(0, plan.blocks - had);
      return Array.from({ length: missing }, (_, index) => this.stepOf(planned, index));
    });
  }

  private open(): readonly PlannedGroup[] {
    return this.options.plan.groups.filter(({ group }) => !this.options.impossible(group));
  }

  private stepOf(planned: PlannedGroup, offset: number): Step {
    const block = (this.nextBlock.get(groupKey(planned.group)) ?? 0) + offset;
    return { kind: 'time', ...planned, block };
  }
}

function nameOf({ kind, group, block }: Step): string {
  return `${groupKey(group)} ${kind} ${block}`;
}
