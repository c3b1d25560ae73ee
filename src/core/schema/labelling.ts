// What the outputs of a model were taken to mean for a task, and how a file of the user's own was read. Stored with the
// run: an accuracy is only as good as these.
import { z } from 'zod';

/**
 * How the labels were matched. `exact`, `case-folded`, `numeric`: by name, whatever its case, by number. `given`: as
 * --labels says. `guessed`: by position, since the names say nothing of each other.
 */
export const labellingSchema = z.object({
  model: z.string(),
  task: z.string(),
  found: z.enum(['exact', 'case-folded', 'numeric', 'given', 'guessed']),
  /** In the order of the outputs; null: no example of the task has that label. */
  outputs: z.array(z.object({ output: z.string(), label: z.string().nullable() })),
});
export type Labelling = z.infer<typeof labellingSchema>;

export const textFileSchema = z.object({
  task: z.string(),
  path: z.string(),
  /** e.g. `comma-separated, quoted (RFC 4180), UTF-8`. */
  form: z.string(),
  examples: z.number().int(),
  /** Rows left out because they have no label. */
  unlabelled: z.number().int(),
});
export type TextFile = z.infer<typeof textFileSchema>;
