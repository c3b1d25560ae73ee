// How a ready graph is fed and read: what the user said of its inputs and outputs. What was left open is recognised by
// the usual names when the graph is loaded, since only the runtime knows what it has (runtime/readyGraph.ts).
import { z } from 'zod';

/** What an input of an encoder may be for: token ids, 1 for a real token and 0 for padding, segment of a pair, position. */
export const INPUT_ROLES = ['ids', 'mask', 'types', 'positions'] as const;
export type InputRole = (typeof INPUT_ROLES)[number];

/** What an output may be: the answer, (batch, classes) or (batch); tokens alive after each layer, (layers, batch). */
export const OUTPUT_ROLES = ['logits', 'kept'] as const;
export type OutputRole = (typeof OUTPUT_ROLES)[number];

const names = z.array(z.string().min(1)).optional();

export const graphReadingSchema = z.object({
  /** Names by role; a graph's own is the first that it has. They go before the usual ones. */
  inputs: z.object({ ids: names, mask: names, types: names, positions: names }).default({}),
  /** Position of a text's first token, for graphs that are fed positions: 0, or RoBERTa's padding id + 1. */
  firstPosition: z.number().int().nonnegative().default(0),
  outputs: z.object({ logits: names, kept: names }).default({}),
  /** A graph without a mask input sees the padding in the ids itself, so that it may be fed padded batches. */
  maskInside: z.boolean().default(false),
});
export type GraphReading = z.infer<typeof graphReadingSchema>;
