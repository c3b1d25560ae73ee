// Starts a worker for a job and waits for it, asleep on its pipes. A worker may crash in native code, hang or be
// killed for memory; all of that comes back as a value that says where it was and why it ended.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../core/errors.ts';
import { heapEnvironment, heapFlags } from './heap.ts';
import { LEASHED } from '../worker/leash.ts';
import {
  parseProgress,
  workerResultSchema,
  type Failure,
  type Progress,
  type Job,
  type WorkerResult,
} from '../worker/job.ts';

export type Outcome =
  | { readonly status: 'done'; readonly result: WorkerResult }
  | { readonly status: 'interrupted' }
  | {
      readonly status: 'failed';
      readonly phase: Failure['phase'];
      /** The variant that the worker was busy with, as far as it told. */
      readonly id: string | undefined;
      readonly reason: string;
    };

export interface LaunchOptions {
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Compiled worker; another one under test. */
  readonly workerPath?: string;
}

export type Launch = (job: Job, options: LaunchOptions) => Promise<Outcome>;

const WORKER = fileURLToPath(new URL('../worker/worker.js', import.meta.url));
const TAIL_LINES = 3;

export const launchWorker: Launch = async (job, options) => {
  const { timeoutMs, environment, signal, workerPath = WORKER } = options;
  const child = spawn(process.execPath, [...heapFlags(job.kind), workerPath, LEASHED], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'], // the fourth is the leash
    env: { ...process.env, ...heapEnvironment(), ...environment },
  });
  const watch = { progress: { phase: 'start' } as Progress, tail: [] as string[], timedOut: false };
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const timer = setTimeout(() => {
    watch.timedOut = true;
    kill();
  }, timeoutMs);
  createInterface({ input: child.stderr }).on('line', (line) => note(watch, line));
  child.stdin.on('error', () => undefined); // a worker that died early; its exit tells
  child.stdin.end(JSON.stringify(job));
  const [stdout, ending] = await Promise.all([text(child.stdout), endOf(child)]);
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  if (signal.aborted || (ending.signal === 'SIGINT' && !watch.timedOut)) return { status: 'interrupted' };
  return conclude({ ...watch, ...ending, stdout, timeoutMs });
};

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(child: ReturnType<typeof spawn>): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function note(watch: { progress: Progress; tail: string[] }, line: string): void {
  const progress = parseProgress(line);
  if (progress !== null) watch.progress = progress;
  else if (line.trim() !== '') watch.tail = [...watch.tail, line.trim()].slice(-TAIL_LINES);
}

export interface Ended extends Ending {
  readonly progress: Progress;
  /** The last lines that the worker printed on stderr besides its progress. */
  readonly tail: readonly string[];
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly timeoutMs: number;
}

/** What a worker's end means. */
export function conclude(ended: Ended): Outcome {
  const { progress, tail, timedOut, code, signal, stdout, timeoutMs } = ended;
  const { id } = progress;
  const place = `${progress.phase}${id === undefined ? '' : ` of ${id}`}`;
  const failed = (phase: Failure['phase'], what: string): Outcome => {
    const reason = [`${what} during ${place}`, ...tail].join(' | ').slice(0, 600);
    return { status: 'failed', phase, id, reason };
  };
  if (timedOut) return failed('timeout', `no result after ${Math.round(timeoutMs / 1000)} s; killed`);
  if (isOutOfMemory(ended)) return failed('memory', 'out of memory');
  if (signal !== null) return failed('crash', `worker ended by ${signal}`);
  if (code !== 0) return failed(progress.phase, `worker left with code ${code ?? '?'}`);
  try {
    return { status: 'done', result: workerResultSchema.parse(JSON.parse(lastLine(stdout))) };
  } catch (thrown) {
    return failed('crash', `worker gave no result (${messageOf(thrown).slice(0, 200)})`);
  }
}

const MEMORY_TEXT = /std::bad_alloc|ERR_WORKER_OUT_OF_MEMORY|heap out of memory|failed to allocate memory/i;

/** Nobody else sends SIGKILL but the kernel that ran out of memory; a shell between turns it into 137. */
function isOutOfMemory({ code, signal, tail }: Ended): boolean {
  return signal === 'SIGKILL' || code === 137 || (code !== 0 && MEMORY_TEXT.test(tail.join('\n')));
}

/** Native libraries may print on stdout before it. */
function lastLine(stdout: string): string {
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}
