// Tries the settings of a run's sessions in a process of its own, before any run.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { settingProofSchema, type SettingProof } from '../core/schema/block.ts';

const CHILD = fileURLToPath(new URL('./proofChild.js', import.meta.url));

const answerSchema = z.union([
  z.object({ ok: z.literal(true), proofs: z.array(settingProofSchema) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

export type Proofs =
  | { readonly proofs: readonly SettingProof[]; readonly reason: null }
  | { readonly proofs: null; readonly reason: string };

/** @param environment what a run's worker processes are started with. */
export function tryoutSettings(
  threads: number,
  environment: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<Proofs> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [CHILD, String(threads)], { env, timeout: limitMs }, (error, stdout) =>
      resolve(readAnswer(stdout, error)),
    );
  });
}

/** The last line is the answer; native libraries may have printed before it. */
function readAnswer(stdout: string, error: Error | null): Proofs {
  try {
    const answer = answerSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
    return answer.ok ? { proofs: answer.proofs, reason: null } : { proofs: null, reason: answer.message };
  } catch {
    const how = error === null ? 'no answer' : (error.message.split('\n')[0] ?? '');
    return { proofs: null, reason: `the trial process gave none: ${how}` };
  }
}
