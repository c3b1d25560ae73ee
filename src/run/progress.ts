// Live progress on stderr: one updating line on a terminal, a line per step elsewhere, with the time left; and the
// numbers of a group as soon as it has a first block and a profile.
import { variantKey } from '../core/keys.ts';
import { noticeSink, type NoticeSink } from '../core/notices.ts';
import type { Block } from '../core/schema/block.ts';
import type { Row } from '../core/schema/row.ts';
import { elided, widthOf } from '../core/terminalWidth.ts';
import type { Step } from '../plan/steps.ts';
import type { Watcher } from './execute.ts';
import type { Scheduled } from './schedule.ts';

export interface ProgressOptions {
  readonly remainingMs: (ahead: readonly Step[], elapsedMs: number) => number;
  /** Rows of the step's group from the blocks so far. */
  readonly rows: (step: Step, blocks: readonly Block[]) => readonly Row[];
}

export class Progress implements Watcher {
  private readonly options: ProgressOptions;
  private readonly sink: NoticeSink;
  private shown: Line | null = null;

  constructor(options: ProgressOptions, sink: NoticeSink = noticeSink) {
    this.options = options;
    this.sink = sink;
  }

  begin({ step, ahead }: Scheduled, done: number, elapsedMs: number): void {
    const { remainingMs } = this.options;
    const head = `[${done + 1}/${done + ahead.length}] `;
    const tail = `, about ${duration(remainingMs(ahead, elapsedMs))} left`;
    const line = { head, label: describe(step), tail };
    if (this.sink.isTTY === true) {
      this.shown = line;
      this.sink.write(`\r\u001B[K${fitted(line, this.sink.columns)}`);
    } else this.sink.write(`${head}${line.label}${tail}\n`);
  }

  end(step: Step, blocks: readonly Block[]): void {
    if (step.kind !== 'profile') return;
    for (const row of this.options.rows(step, blocks)) this.say(rowLine(row));
  }

  say(text: string): void {
    if (this.shown === null) this.sink.write(`${text}\n`);
    else this.sink.write(`\r\u001B[K${text}\n${fitted(this.shown, this.sink.columns)}`);
  }

  /** Takes the updating line away. */
  finish(): void {
    if (this.shown !== null) this.sink.write('\r\u001B[K');
    this.shown = null;
  }
}

/** The updating line: which step of how many, what it is, the time left. */
interface Line {
  readonly head: string;
  readonly label: string;
  readonly tail: string;
}

/** The label gives way first: how far the run is and how long it takes is what people look for. */
function fitted({ head, label, tail }: Line, columns = Infinity): string {
  const most = columns - 1; // a terminal may wrap a line that fills it
  const room = Math.max(MOST_CUT, most - widthOf(head) - widthOf(tail));
  return elided(`${head}${elided(label, room)}${tail}`, most);
}

/** A label that is shorter than this says nothing. */
const MOST_CUT = 12;

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
