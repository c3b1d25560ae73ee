// The loop of a run: one step after another, each in a process of its own, each result on disk before the next
// step begins. Nothing here spins or measures; between events this process sleeps.
import { AGAIN_ID, groupKey, variantKey } from '../core/keys.ts';
import { messageOf } from '../core/errors.ts';
import type { Block, FailedBlock } from '../core/schema/block.ts';
import type { Group } from '../core/schema/group.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/steps.ts';
import type { RunFolder } from '../store/runFolder.ts';
import { widthOf } from '../rows/intervalWidths.ts';
import { Schedule, type Scheduled } from './schedule.ts';
import type { Launch } from './spawn.ts';
import type { Failure } from '../worker/job.ts';
import type { TimePlan } from './timePlan.ts';
import { faultOf, isOf } from './storedBlock.ts';
import type { PreparedStep, Workbench } from './workbench.ts';

export interface Watcher {
  begin(scheduled: Scheduled, done: number, elapsedMs: number): void;
  /** @param blocks all blocks so far. */
  end(step: Step, blocks: readonly Block[]): void;
  say(line: string): void;
}

export interface Execution {
  readonly plan: Plan;
  readonly folder: Pick<RunFolder, 'writeBlock' | 'clearFailures' | 'retire'>;
  readonly workbench: Pick<Workbench, 'prepare'>;
  readonly timePlan: TimePlan;
  readonly launch: Launch;
  readonly environment: (step: Step) => Readonly<Record<string, string>>;
  /** Why a group cannot be measured here; null if it can. */
  readonly obstacle: (group: Group) => string | null;
  readonly watcher: Watcher;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** What an earlier, interrupted execution has left. */
  readonly stored: readonly Block[];
}

/** @returns all blocks of the run, the stored ones that still hold included. */
export const execute = (execution: Execution): Promise<Block[]> => new Executor(execution).run();

class Executor {
  private readonly given: Execution;
  private readonly startMs: number;
  private blocks: Block[];
  /** Variants that brought a process of their group down. */
  private readonly banned = new Map<string, Set<string>>();
  private readonly givenUp = new Set<string>();
  private readonly told = new Set<string>();
  private done = 0;

  constructor(execution: Execution) {
    this.given = execution;
    this.startMs = execution.nowMs();
    this.blocks = [...execution.stored];
  }

  async run(): Promise<Block[]> {
    const { plan, obstacle, stored, signal } = this.given;
    const schedule = new Schedule(
      { plan, impossible: (group) => obstacle(group) !== null, widthOf, fits: (step) => this.fits(step) },
      stored,
    );
    for (let next = schedule.next(this.blocks); next !== null; next = schedule.next(this.blocks)) {
      if (signal.aborted) break;
      this.done++;
      if (this.isPointless(next.step)) continue;
      const { step } = next;
      const ahead = next.ahead.filter((one) => one === step || this.find(one) === undefined);
      await this.make({ step, ahead });
    }
    return this.blocks;
  }

  private async make({ step, ahead }: Scheduled): Promise<void> {
    const prepared = await this.prepare(step);
    if (prepared === null) return;
    const stored = this.find(step);
    const fault = stored === undefined ? null : faultOf(stored, step, prepared.definition, this.blocks);
    if (stored !== undefined && fault === null) {
      this.given.timePlan.learn(stored);
      return;
    }
    if (stored !== undefined) {
      this.given.watcher.say(`${groupKey(step.group)} ${step.kind} ${step.block}: stored block ${fault}`);
      this.given.folder.retire(stored);
    }
    this.forget(step);
    this.given.watcher.begin({ step, ahead }, this.done - 1, this.elapsedMs());
    this.fail(step, prepared.definition, prepared.failures);
    await this.measure(step, prepared, ahead);
    this.given.watcher.end(step, this.blocks);
  }

  /** Tries again without a variant that took the process down, so that the others get their numbers. */
  private async measure(step: Step, prepared: PreparedStep, ahead: readonly Step[]): Promise<void> {
    const banned = this.banned.get(groupKey(step.group)) ?? new Set<string>();
    this.banned.set(groupKey(step.group), banned);
    for (;;) {
      const budgetMs = this.given.timePlan.budgetMs(step, ahead, this.elapsedMs());
      const job = prepared.job({ budgetMs }, banned);
      if (job === null) return;
      const outcome = await this.given.launch(job, {
        timeoutMs: this.given.plan.timeoutSeconds * 1000,
        environment: this.given.environment(step),
        signal: this.given.signal,
      });
      if (outcome.status === 'interrupted') return;
      if (outcome.status === 'done') {
        const { block, failures } = outcome.result;
        this.keep(block);
        this.given.timePlan.learn(block);
        this.fail(step, prepared.definition, failures);
        return;
      }
      const culprit = culpritOf(outcome.phase, outcome.id, step, banned);
      const { phase, reason } = outcome;
      this.fail(step, prepared.definition, [{ phase, reason, variants: culprit === null ? [] : [culprit] }]);
      if (culprit === null) {
        if (step.kind === 'time' && !this.hasTime(step)) this.givenUp.add(groupKey(step.group));
        return;
      }
      banned.add(culprit);
    }
  }

  private async prepare(step: Step): Promise<PreparedStep | null> {
    try {
      return await this.given.workbench.prepare(step);
    } catch (thrown) {
      this.forget(step);
      this.fail(step, '', [{ phase: 'start', variants: [], reason: messageOf(thrown) }]);
      if (step.kind === 'time') this.givenUp.add(groupKey(step.group));
      return null;
    }
  }

  private fail(step: Step, definition: string, failures: readonly Failure[]): void {
    const { group, block, kind } = step;
    for (const failure of failures) {
      const startedAt = new Date().toISOString();
      const base = {
        schemaVersion: SCHEMA_VERSION,
        kind: 'failed',
        of: kind,
        definition,
        startedAt,
      } as const;
      const record: FailedBlock = { ...base, wallMs: 0, group, block, ...failure };
      this.keep(record);
      this.tell(step, failure);
    }
  }

  /** Once a reason: a damaged point fails in every block. */
  private tell({ group, kind, block, variants: all }: Step, { variants, reason }: Failure): void {
    const everybody = all.length === 1 ? all.map(variantKey).join() : 'all variants';
    const whom = variants.length === 0 ? everybody : variants.join(', ');
    if (this.told.has(`${whom} ${reason}`)) return;
    this.told.add(`${whom} ${reason}`);
    this.given.watcher.say(`${groupKey(group)} ${kind} ${block}: ${whom} failed: ${reason}`);
  }

  private keep(block: Block): void {
    this.given.folder.writeBlock(block);
    this.blocks.push(block);
  }

  /** Drops what is known of a step that is about to be made again. */
  private forget(step: Step): void {
    this.given.folder.clearFailures(step.group, step);
    this.blocks = this.blocks.filter((block) => !isOf(block, step));
  }

  private find(step: Step): Block | undefined {
    return this.blocks.find((block) => block.kind !== 'failed' && isOf(block, step));
  }

  private hasTime({ group }: Step): boolean {
    return this.blocks.some((block) => block.kind === 'time' && groupKey(block.group) === groupKey(group));
  }

  /** Further blocks of a group that has none, and costs for which there will be no row. */
  private isPointless({ kind, group }: Step): boolean {
    return (kind === 'time' || kind === 'cost') && this.givenUp.has(groupKey(group));
  }

  private fits(step: Step): boolean {
    return !this.givenUp.has(groupKey(step.group)) && this.given.timePlan.fits(step, this.elapsedMs());
  }

  private elapsedMs(): number {
    return this.given.nowMs() - this.startMs;
  }
}

/** The variant to go on without; null if it is unknown, dense (without which there is no ratio) or the last. */
function culpritOf(
  phase: FailedBlock['phase'],
  id: string | undefined,
  { variants }: Step,
  banned: ReadonlySet<string>,
): string | null {
  if (id === undefined || id === 'dense' || id === AGAIN_ID || phase === 'start') return null;
  return variants.length - banned.size > 1 ? id : null;
}
