// Whether ONNX Runtime takes a graph whose nodes somebody else has chosen, and answers with it.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { askChild } from './childAnswer.ts';

const CHILD = fileURLToPath(new URL('./graphTrialChild.js', import.meta.url));
const LIMIT_MS = 120_000;
const answerSchema = z.object({ ok: z.boolean(), message: z.string().optional() });

/** What is wrong with the graph, in one line; null if it loads and answers. @param maxPositions of its model. */
export async function faultOfGraph(
  path: string,
  { vocabSize, maxPositions }: { readonly vocabSize: number; readonly maxPositions: number },
): Promise<string | null> {
  const args = [path, String(vocabSize), String(maxPositions)];
  const { answer, how } = await askChild(CHILD, args, answerSchema, { environment: {}, limitMs: LIMIT_MS });
  if (answer === null) return `the process that tried it ended: ${how}`;
  return answer.ok ? null : (answer.message ?? 'it does not answer');
}
