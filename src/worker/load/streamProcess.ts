// The dispatcher's end of one stream process: requests go out, answers come back in the same order. A stream that
// dies, or that gives no answer for too long and is killed, rejects all that it still owes.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { FailedBlock } from '../../core/schema/block.ts';
import { REPLY_DESCRIPTOR, replySchema, type Request, type StreamSetup } from './messages.ts';
import { tasksetCommand } from './pinning.ts';

export type FailedPhase = FailedBlock['phase'];

/** What ended a variant: the streams go on without it. */
export class VariantFailure extends Error {
  readonly id: string;
  readonly phase: FailedPhase;

  constructor(id: string, phase: FailedPhase, reason: string) {
    super(reason);
    this.name = 'VariantFailure';
    this.id = id;
    this.phase = phase;
  }
}

export interface Served {
  /** Inside `session.run`. */
  readonly serviceMs: number;
  /** Bytes of the logits. */
  readonly logits: Buffer;
}

export interface StreamOptions {
  /** The compiled stream; another one under test. */
  readonly path: string;
  /** Null: not pinned. */
  readonly cpus: readonly number[] | null;
  /** A request that takes longer has hung. */
  readonly hangMs: number;
}

interface Owed {
  readonly id: string;
  readonly resolve: (served: Served) => void;
  readonly reject: (failure: VariantFailure) => void;
  readonly timer: NodeJS.Timeout;
}

const TAIL_LINES = 3;

export class StreamProcess {
  /** Variants that this stream could not load, so far. */
  readonly failures: VariantFailure[] = [];
  alive = true;
  /** How it ended; empty while it lives. */
  reason = '';
  private readonly child: ChildProcess;
  private readonly stdin: Writable;
  private readonly options: StreamOptions;
  private readonly owed: Owed[] = [];
  private tail: string[] = [];
  private busyWith: { phase: FailedPhase; id: string } | null = null;
  private hung = false;
  private readonly ready: Promise<void>;
  private readonly ended: Promise<void>;
  private becomeReady: () => void = () => undefined;

  constructor(setup: StreamSetup, options: StreamOptions) {
    this.options = options;
    const node = [process.execPath, options.path];
    const [command = '', ...words] =
      options.cpus === null ? node : [...tasksetCommand(options.cpus), ...node];
    this.child = spawn(command, words, { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
    this.stdin = this.child.stdin as Writable; // the first three are as asked for above
    this.stdin.on('error', () => undefined); // it died; its exit tells
    const stderr = createInterface({ input: this.child.stderr as Readable });
    stderr.on('line', (line) => (this.tail = [...this.tail, line.trim()].slice(-TAIL_LINES)));
    const replies = createInterface({ input: this.child.stdio[REPLY_DESCRIPTOR] as Readable });
    replies.on('line', (line) => this.hear(line));
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => this.end(`could not be started: ${error.message}`, resolve));
      this.child.once('close', (code, signal) => this.end(endingOf(code, signal), resolve, signal));
    });
    this.stdin.write(`${JSON.stringify(setup)}\n`);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** When it has set up, or has died over it (then the failure says of which variant). */
  async settled(): Promise<void> {
    await Promise.race([this.ready, this.ended]);
  }

  serve(request: Request): Promise<Served> {
    const { id } = request;
    if (!this.alive) return Promise.reject(new VariantFailure(id, 'crash', 'its stream has ended'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(), this.options.hangMs);
      this.owed.push({ id, resolve, reject, timer });
      this.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  async stop(): Promise<void> {
    this.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    await this.ended;
    clearTimeout(timer);
  }

  private giveUp(): void {
    this.hung = true;
    this.child.kill('SIGKILL');
  }

  private hear(line: string): void {
    const message = replySchema.parse(JSON.parse(line));
    if ('at' in message) this.busyWith = { phase: message.at, id: message.id };
    else if ('failed' in message)
      this.failures.push(new VariantFailure(message.failed, message.phase, message.reason));
    else if ('ready' in message) {
      this.busyWith = null;
      this.becomeReady();
    } else {
      const owed = this.owed.shift();
      if (owed === undefined) return;
      clearTimeout(owed.timer);
      if ('error' in message) owed.reject(new VariantFailure(owed.id, 'measure', message.error));
      else owed.resolve({ serviceMs: message.ms, logits: Buffer.from(message.logits, 'base64') });
    }
  }

  private end(how: string, done: () => void, signal: NodeJS.Signals | null = null): void {
    this.alive = false;
    const what = this.hung ? `gave no answer for ${Math.round(this.options.hangMs / 1000)} s; killed` : how;
    const reason = [`a stream ${what}`, ...this.tail].join(' | ').slice(0, 600);
    this.reason = reason;
    const phase = this.hung ? 'timeout' : signal === 'SIGKILL' ? 'memory' : 'crash';
    const { busyWith } = this;
    if (busyWith !== null) this.failures.push(new VariantFailure(busyWith.id, phase, reason));
    for (const { id, reject, timer } of this.owed.splice(0)) {
      clearTimeout(timer);
      reject(new VariantFailure(id, phase, reason));
    }
    done();
  }
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `left with code ${code ?? '?'}` : `ended by ${signal}`;
}
