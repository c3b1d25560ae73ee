// Tries the settings of a run's sessions in a process of its own, before any run.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { settingProofSchema, type SettingProof } from '../core/schema/block.ts';
import { askChild } from './childAnswer.ts';

const CHILD = fileURLToPath(new URL('./proofChild.js', import.meta.url));

/** How much longer the second trial may take. */
export const PATIENCE = 3;

const answerSchema = z.union([
  z.object({ ok: z.literal(true), proofs: z.array(settingProofSchema) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

export type Proofs =
  | { readonly proofs: readonly SettingProof[]; readonly reason: null }
  | { readonly proofs: null; readonly reason: string };

/** @param environment what a run's worker processes are started with. */
export async function tryoutSettings(
  threads: number,
  environment: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<Proofs> {
  const ask = (limit: number) =>
    askChild(CHILD, [String(threads)], answerSchema, { environment, limitMs: limit });
  const first = await ask(limitMs);
  // On a busy machine a start alone takes many seconds: no answer in time is no answer yet.
  const { answer, how, timedOut } = first.timedOut ? await ask(PATIENCE * limitMs) : first;
  if (answer !== null) {
    return answer.ok ? { proofs: answer.proofs, reason: null } : { proofs: null, reason: answer.message };
  }
  const seconds = Math.round((PATIENCE * limitMs) / 1000);
  const reason = timedOut
    ? `the machine is busy or slow: no answer within ${seconds} s, which says nothing about them`
    : `the trial process gave none: ${how}`;
  return { proofs: null, reason };
}
