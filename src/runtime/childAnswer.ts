// Asks a script of ours in a process of its own, because a native library that is broken, or a graph that it cannot
// bear, ends the process that loads it. The script's last line on stdout is its answer, as JSON.
import { execFile } from 'node:child_process';
import type { z } from 'zod';

export type ChildAnswer<T extends object> =
  | { readonly answer: T; readonly how: null; readonly timedOut: false }
  /** How the process ended, in words. */
  | { readonly answer: null; readonly how: string; readonly timedOut: boolean };

export interface ChildLimits {
  readonly environment: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

export function askChild<T extends object>(
  script: string,
  args: readonly string[],
  schema: z.ZodType<T>,
  { environment, limitMs }: ChildLimits,
): Promise<ChildAnswer<T>> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env, timeout: limitMs, killSignal: 'SIGKILL' },
      (error, stdout) => {
        const answer = answerIn(stdout, schema);
        const how = error === null ? 'no answer' : (error.message.split('\n')[0] ?? '');
        const timedOut = error?.killed === true;
        resolve(answer === null ? { answer, how, timedOut } : { answer, how: null, timedOut: false });
      },
    );
  });
}

/** Native libraries may have printed before the last line. */
function answerIn<T extends object>(stdout: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  } catch {
    return null;
  }
}
