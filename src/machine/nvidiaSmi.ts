// Asking the NVIDIA driver through nvidia-smi: always a process of its own, so that the one that measures is not
// disturbed and needs no timer. Handed in where it is used, so that recorded answers test what is made of them.
import { execFile, spawn } from 'node:child_process';

const TIME_LIMIT_MS = 4000;

export interface NvidiaSmi {
  /** Text of one call; null if the program is missing or refuses. */
  ask(args: readonly string[]): Promise<string | null>;
  /** A call that goes on printing; resolves with its first line there, null if it ends without one. */
  watch(args: readonly string[]): Promise<SmiWatch | null>;
}

export interface SmiWatch {
  /** Ends it. @returns all that it printed. */
  stop(): Promise<string>;
}

export const nvidiaSmi: NvidiaSmi = {
  ask: (args) =>
    new Promise((resolve) => {
      execFile('nvidia-smi', args, { timeout: TIME_LIMIT_MS }, (error, stdout) =>
        resolve(error === null ? stdout : null),
      );
    }),
  watch: (args) => watchProgram('nvidia-smi', args),
};

/** Its output goes through a pipe, so that it dies of it when this process is killed. Exported for tests. */
export function watchProgram(program: string, args: readonly string[]): Promise<SmiWatch | null> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async (): Promise<string> => {
    child.kill();
    await closed;
    return printed;
  };
  return new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('\n')) resolve({ stop });
    });
    void closed.then(() => resolve(null)); // after a first line this is without effect
  });
}

/**
 * The GPU that the CUDA provider takes as its first, as nvidia-smi's `--id` names it: index, or UUID. Without
 * CUDA_VISIBLE_DEVICES it is device 0, which both count alike on machines with equal GPUs.
 */
export function firstGpu(visible: string | undefined = process.env['CUDA_VISIBLE_DEVICES']): string {
  const [first = ''] = (visible ?? '').split(',');
  return first.trim() === '' ? '0' : first.trim();
}
