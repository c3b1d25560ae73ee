// Reasons to distrust a number, kept as values beside it, and what they amount to.
import { z } from 'zod';

/** A reason to distrust a number, kept as a value beside it. */
export const doubtSchema = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().optional(),
});
export type Doubt = z.infer<typeof doubtSchema>;

/**
 * What a row or a run is worth. VALID: nothing speaks against it. PROVISIONAL: a number that should be taken again
 * before it is quoted. INVALID: the number does not mean what it says.
 */
export const VERDICTS = ['VALID', 'PROVISIONAL', 'INVALID'] as const;
export const validitySchema = z.object({
  verdict: z.enum(VERDICTS),
  /** Codes of the doubts that led to it; empty for VALID. */
  reasons: z.array(z.string()),
});
export type Validity = z.infer<typeof validitySchema>;
