// Which execution providers work on this machine, and for those that do not: what is missing and how to get it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PROVIDERS, type ProviderName } from '../core/names.ts';
import type { Attempt } from './provider.ts';
import { PATIENCE } from './proofs.ts';
import { providerOf } from './registry.ts';

export type ProviderProbe =
  | {
      readonly name: ProviderName;
      readonly available: true;
      readonly detail: Readonly<Record<string, unknown>>;
    }
  | {
      readonly name: ProviderName;
      readonly available: false;
      /** It gave no answer in time, which says nothing about whether it works. */
      readonly undecided?: boolean;
      /** What is missing, one line. */
      readonly reason: string;
      /** What to do about it, one line. */
      readonly remedy: string;
      readonly detail: Readonly<Record<string, unknown>>;
    };

const CHILD = fileURLToPath(new URL('./probeChild.js', import.meta.url));
const TIME_LIMIT_MS = 20_000;
const answerSchema = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

/** Tries the provider on a tiny graph in a process of its own; once more, and longer, if that gives no answer. */
export async function probeProvider(
  name: ProviderName,
  limitMs: number = TIME_LIMIT_MS,
): Promise<ProviderProbe> {
  const attempt = await tryInChild(name, limitMs);
  // On a busy machine a start alone takes many seconds: no answer in time is no answer yet.
  return conclude(name, attempt.outcome === 'timeout' ? await tryInChild(name, PATIENCE * limitMs) : attempt);
}

export function probeProviders(limitMs: number = TIME_LIMIT_MS): Promise<ProviderProbe[]> {
  return Promise.all(PROVIDERS.map((name) => probeProvider(name, limitMs)));
}

/** Variables to start a worker process with, so that the provider behaves alike on every call. */
export function providerEnvironment(name: ProviderName): Readonly<Record<string, string>> {
  return providerOf(name).environment;
}

function conclude(name: ProviderName, attempt: Attempt): ProviderProbe {
  const provider = providerOf(name);
  if (attempt.outcome === 'ran') {
    return { name, available: true, detail: { probeMs: Math.round(attempt.wallMs), ...provider.describe() } };
  }
  const { reason, remedy, detail = {} } = provider.explain(attempt);
  const undecided = attempt.outcome === 'timeout' ? { undecided: true } : {};
  return { name, available: false, ...undecided, reason, remedy, detail };
}

function tryInChild(name: ProviderName, limitMs: number): Promise<Attempt> {
  const start = performance.now();
  const env = { ...process.env, ...providerEnvironment(name) };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CHILD, name],
      { env, timeout: limitMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const wallMs = performance.now() - start;
        if (error?.killed === true) resolve({ outcome: 'timeout', limitMs });
        else resolve(readAnswer(stdout, stderr, error, wallMs));
      },
    );
  });
}

type ChildError = Error & { readonly signal?: NodeJS.Signals; readonly code?: number | string | null };

/** The child's last line is its answer; native libraries may have printed before it. */
function readAnswer(stdout: string, stderr: string, error: ChildError | null, wallMs: number): Attempt {
  const answer = answerSchema.safeParse(parseJson(stdout.trimEnd().split('\n').at(-1) ?? ''));
  if (!answer.success || error !== null) {
    const how = error?.signal ?? `exit code ${error?.code ?? 0}`;
    const lastLine = stderr.trimEnd().split('\n').at(-1) ?? '';
    return { outcome: 'crash', message: `the trial process ended by ${how}: ${lastLine}`, stderr };
  }
  if (answer.data.ok) return { outcome: 'ran', wallMs };
  return { outcome: 'error', message: answer.data.message, stderr };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
