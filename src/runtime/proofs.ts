// Tries the settings of a run's sessions in a process of its own, before any run.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { settingProofSchema, type SettingProof } from '../core/schema/block.ts';
import { askChild } from './childAnswer.ts';

const CHILD = fileURLToPath(new URL('./proofChild.js', import.meta.url));

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
  const { answer, how } = await askChild(CHILD, [String(threads)], answerSchema, { environment, limitMs });
  if (answer === null) return { proofs: null, reason: `the trial process gave none: ${how}` };
  return answer.ok ? { proofs: answer.proofs, reason: null } : { proofs: null, reason: answer.message };
}
