// What other programs take for the same model, texts and threads: one Python process that has timed them and our own
// graphs in turns (bench/peers). Ratios are taken inside such a process only, never between it and one of ours.
import { z } from 'zod';
import { blockBase } from './blockBase.ts';
import { doubtSchema } from './doubt.ts';
import { groupSchema } from './group.ts';
import { blockVariantSchema } from './timedVariant.ts';

/** The points of the method `peer`; their variant keys are `peer:NAME`. */
export const PEERS = ['ort-exported', 'ort-optimized', 'torch-eager', 'torch-compiled'] as const;

export const peerBlockSchema = z.object({
  ...blockBase,
  kind: z.literal('peer'),
  group: groupSchema,
  block: z.number().int(),
  /** Ours and theirs, in the same rounds. */
  variants: z.array(blockVariantSchema),
  /** Variant key of a peer -> how it was run, in words. */
  how: z.record(z.string(), z.string()),
  /** Variant key -> largest difference of a logit from our dense graph's, over all inputs. */
  agreement: z.record(z.string(), z.number()),
  /** Program or library -> version, of that process. */
  versions: z.record(z.string(), z.string()),
  /** Real tokens of a sequence at the input, mean over the group's input batches. */
  meanInputTokens: z.number(),
  /** Peak resident set of the process, bytes. */
  peakRssBytes: z.number(),
  doubts: z.array(doubtSchema),
});
export type PeerBlock = z.infer<typeof peerBlockSchema>;
