// The timed calls of one variant in one process: what blocks of time and blocks of peers are made of.
import { z } from 'zod';

/** `id` is the variant key, or `dense@again` for the A/A copy of dense. */
export const blockVariantSchema = z.object({
  id: z.string(),
  loadMs: z.number(),
  firstRunMs: z.number(),
  /** Timed calls in time order, milliseconds each. */
  samplesMs: z.array(z.number()),
  /** Parallel to samplesMs: which of the group's input batches was fed. */
  inputIndex: z.array(z.number().int()),
  /** Parallel to samplesMs: the round (one visit of all variants) it belongs to. */
  round: z.array(z.number().int()),
  /** sha256 over the float32 logits of each input batch, in input order. */
  logitsDigest: z.string(),
  /** Answer to the witness, a text that the accuracy pass answers as well. */
  witnessLogits: z.array(z.number()).optional(),
});
export type BlockVariant = z.infer<typeof blockVariantSchema>;
