// What is measured: groups, variants, cells; and an estimate with its interval.
import { z } from 'zod';
import { AS_IS, PRECISIONS, PROVIDERS, TEXT_MODES, LONGEST_METHOD_NAME, METHOD_NAME } from '../names.ts';

/** What is measured together: everything but method and point. */
export const groupSchema = z.object({
  model: z.string(),
  task: z.string(),
  text: z.enum(TEXT_MODES),
  provider: z.enum(PROVIDERS),
  precision: z.enum([...PRECISIONS, AS_IS]),
  threads: z.number().int().positive(),
  batch: z.number().int().positive(),
  seqLen: z.number().int().min(8),
});
export type Group = z.infer<typeof groupSchema>;

/** A method at one of its operating points; `point` is null for the dense graphs. */
export const variantSchema = z.object({
  method: z.string().regex(METHOD_NAME).max(LONGEST_METHOD_NAME),
  point: z.string().nullable(),
});
export type Variant = z.infer<typeof variantSchema>;

export const cellSchema = groupSchema.extend(variantSchema.shape);
export type Cell = z.infer<typeof cellSchema>;

/** An estimate with the ends of its 95 % interval. */
export const intervalSchema = z.object({ median: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof intervalSchema>;
