// Starts the child of the check, natively or in an emulator, and waits for it, asleep on its pipes. It may crash on an
// instruction that the emulated processor lacks, or hang; that comes back as an Error that says why it ended.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../core/errors.ts';
import { answerSchema, PROGRESS, type Answer, type Job } from './exchange.ts';
import { LEASHED } from '../../worker/leash.ts';

/** What stands before `node`: an emulator with its flags and variables, or nothing. */
export interface Prefix {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export const NATIVE: Prefix = { command: [], environment: {} };

export interface LaunchOptions {
  readonly signal: AbortSignal;
  /** Called with the number of batches answered so far. */
  readonly onBatch?: (batches: number) => void;
  /** Longest silence before the child is given up, milliseconds. */
  readonly patienceMs?: number;
  /** Compiled child; another one under test. */
  readonly childPath?: string;
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
/** One batch of the slowest graph of a large model, in an emulator on a busy machine. */
const PATIENCE_MS = 60 * 60 * 1000;
const TAIL_LINES = 3;

/** @returns an Error if the child gave no answer: that, too, is a finding. */
export async function launchChild(job: Job, prefix: Prefix, options: LaunchOptions): Promise<Answer | Error> {
  const [command, ...args] = [...prefix.command, process.execPath, options.childPath ?? CHILD, LEASHED];
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'], // the fourth is the leash
    env: { ...process.env, ...prefix.environment },
  });
  const watch = new Watch(() => child.kill('SIGKILL'), options);
  createInterface({ input: child.stderr }).on('line', (line) => watch.hear(line));
  child.stdin.on('error', () => undefined); // a child that died early; its exit tells
  child.stdin.end(JSON.stringify(job));
  try {
    const ended = new Promise<Ending>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    const [stdout, ending] = await Promise.all([text(child.stdout), ended]);
    return watch.failure(ending) ?? parseAnswer(job, stdout);
  } catch (thrown) {
    return new Error(messageOf(thrown));
  } finally {
    watch.end();
  }
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Listens to a child's stderr, and ends the child when it has been silent for too long or nobody waits for it. */
class Watch {
  readonly #kill: () => void;
  readonly #options: LaunchOptions;
  readonly #patienceMs: number;
  #timer: NodeJS.Timeout;
  #tail: string[] = [];
  #gaveUp = false;

  constructor(kill: () => void, options: LaunchOptions) {
    this.#kill = kill;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#timer = this.#start();
    if (options.signal.aborted) kill();
    options.signal.addEventListener('abort', kill, { once: true });
  }

  hear(line: string): void {
    if (line.startsWith(PROGRESS)) {
      clearTimeout(this.#timer);
      this.#timer = this.#start();
      this.#options.onBatch?.(Number(line.slice(PROGRESS.length)));
    } else if (line.trim() !== '' && !NOISE.test(line)) {
      this.#tail = [...this.#tail, line.trim()].slice(-TAIL_LINES);
    }
  }

  /** Null for a child that ended well. */
  failure({ code, signal }: Ending): Error | null {
    const because = (what: string): Error => new Error([what, ...this.#tail].join(' | '));
    if (this.#gaveUp) return because(`no answer for ${Math.round(this.#patienceMs / 1000)} s; killed`);
    if (signal !== null) return because(`the child was ended by ${signal}`);
    return code === 0 ? null : because(`the child left with code ${code ?? '?'}`);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#kill);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#gaveUp = true;
      this.#kill();
    }, this.#patienceMs);
  }
}

/** What qemu says of features that no program of ours asks for, and ONNX Runtime of shapes that are right. */
const NOISE = /TCG doesn't support requested feature|VerifyOutputSizes/;

/** @returns an Error for an answer that is none, or not to this job. */
export function parseAnswer(job: Job, stdout: string): Answer | Error {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    const answer = answerSchema.parse(JSON.parse(line));
    if (answer.id === job.id && answer.batches.length === job.batches.length) return answer;
    return new Error(`the child answered ${answer.id} with ${answer.batches.length} batches`);
  } catch (thrown) {
    return new Error(`the child gave no answer (${messageOf(thrown).slice(0, 200)})`);
  }
}
