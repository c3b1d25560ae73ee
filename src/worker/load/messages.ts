// What passes between the dispatcher and a stream process: lines of JSON. To the stream on its stdin: the set-up, then
// one line a request. From it on descriptor 3, since native libraries may print on stdout: where it is while it sets
// up, that it is ready, then one line an answer, in the order of the requests.
import { z } from 'zod';
import { PROVIDERS } from '../../core/names.ts';
import { graphReadingSchema } from '../../core/schema/reading.ts';

export const REPLY_DESCRIPTOR = 3;

export const streamSetupSchema = z.object({
  provider: z.enum(PROVIDERS),
  threads: z.number().int().min(1),
  padId: z.number().int(),
  /** Input batch -> sequence -> token ids. */
  inputs: z.array(z.array(z.array(z.number().int()))),
  /** With a reading if the graph is a ready one. */
  variants: z.array(z.object({ id: z.string(), graph: z.string(), reading: graphReadingSchema.optional() })),
  /** Inputs that every session answers before the stream is ready. */
  warmUp: z.array(z.number().int()),
});
export type StreamSetup = z.infer<typeof streamSetupSchema>;

export const requestSchema = z.object({ id: z.string(), input: z.number().int() });
export type Request = z.infer<typeof requestSchema>;

export const replySchema = z.union([
  z.object({ at: z.enum(['load', 'warm-up']), id: z.string() }),
  z.object({ failed: z.string(), phase: z.enum(['load', 'warm-up']), reason: z.string() }),
  z.object({ ready: z.literal(true) }),
  /** Milliseconds inside `session.run`; the logits' bytes in base64. */
  z.object({ ms: z.number(), logits: z.string() }),
  z.object({ error: z.string() }),
]);
export type Reply = z.infer<typeof replySchema>;
