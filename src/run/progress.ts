// Live progress on stderr: one updating line on a terminal, a line per step elsewhere, with the time left; and the
// numbers of a group as soon as it has a first block and a profile.
import { variantKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import type { Row } from '../core/schema/row.ts';
import type { Step } from '../plan/steps.ts';
import type { Watcher } from './execute.ts';
import type { Scheduled } from './schedule.ts';

export interface ProgressOptions {
  readonly remainingMs: (ahead: readonly Step[], elapsedMs: number) => number;
  /** Rows of the step's group from the blocks so far. */
  readonly rows: (step: Step, blocks: readonly Block[]) => readonly Row[];
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export class Progress implements Watcher {
  private readonly options: ProgressOptions;
  private readonly sink: Sink;
  private line = '';

  constructor(options: ProgressOptions, sink: Sink = process.stderr) {
    this.options = options;
    this.sink = sink;
  }

  begin({ step, ahead }: Scheduled, done: number, elapsedMs: number): void {
    const { remainingMs } = this.options;
    const text = `[${done + 1}/${done + ahead.length}] ${describe(step)}, about ${duration(remainingMs(ahead, elapsedMs))} left`;
    if (this.sink.isTTY === true) this.line = text;
    this.sink.write(this.sink.isTTY === true ? `\r\u001B[K${text}` : `${text}\n`);
  }

  end(step: Step, blocks: readonly Block[]): void {
    if (step.kind !== 'profile') return;
    for (const row of this.options.rows(step, blocks)) this.say(rowLine(row));
  }

  say(text: string): void {
    if (this.line === '') this.sink.write(`${text}\n`);
    else this.sink.write(`\r\u001B[K${text}\n${this.line}`);
  }

  /** Takes the updating line away. */
  finish(): void {
    if (this.line !== '') this.sink.write('\r\u001B[K');
    this.line = '';
  }
}

function describe({ kind, group, block, variants }: Step): string {
  const where = `${group.model} ${group.text} length ${group.seqLen}`;
  if (kind === 'accuracy') return `accuracy, ${where}`;
  const names = { profile: 'profile', load: 'load scenarios', time: `time block ${block + 1}` };
  const what = kind === 'cost' ? `memory and loading, ${variants.map(variantKey).join()}` : names[kind];
  const extras = [group.provider, group.threads === 1 ? '1 thread' : `${group.threads} threads`];
  return `${what}, ${where} batch ${group.batch} (${extras.join(', ')})`;
}

/** A first look; intervals and doubts come with the table. */
function rowLine(row: Row): string {
  const place = `length ${row.seqLen} batch ${row.batch}`;
  const name = `${place}  ${variantKey(row).padEnd(16)}`;
  if (row.status !== 'ok' || row.latencyMs === null) return `  ${name} ${row.status}: ${row.reason ?? ''}`;
  const time = `${row.latencyMs.p50.toPrecision(3).padStart(6)} ms`;
  const clock = row.speedup?.vsDense;
  const flops = row.flops === null ? '' : `, FLOPs ${row.flops.ratioVsDense.toFixed(2)}x less`;
  const ratio =
    clock === null || clock === undefined ? '' : `  ${clock.median.toFixed(2)}x the speed of dense${flops}`;
  return `  ${name} ${time}${row.method === 'dense' ? '' : ratio}`;
}

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
