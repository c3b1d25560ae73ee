// FLOPs (2 x MACs): by part, and what they are worked out from besides the tokens that a graph kept. The second goes
// with a profile block, so that its rows can be made again, and other FLOPs of the same pass, without the model.
import { z } from 'zod';

/** A sum over sequences, by part. */
export const flopsPartsSchema = z.object({
  linear: z.number(),
  attention: z.number(),
  predictor: z.number(),
  score: z.number(),
  head: z.number(),
  /** A pruned, unprotected [CLS] is carried on because the head reads it. */
  orphan: z.number(),
});
export type FlopsParts = z.infer<typeof flopsPartsSchema>;

const size = z.number().int().nonnegative();

/** The sizes of one graph's encoder and what its method computes where. */
export const flopsModelSchema = z.object({
  /** L */
  layers: size,
  /** d */
  hiddenSize: size,
  /** f */
  intermediateSize: size,
  /** Width of the embeddings; where it is not d, a projection follows them. */
  embeddingSize: size,
  /** H */
  heads: size,
  /** Logits of a sequence. */
  labels: size,
  /** Whether the rows of padding are computed like those of tokens. */
  padded: z.boolean(),
  /** Whether tokens are removed before a layer or after its attention. */
  removes: z.enum(['before-layer', 'after-attention']),
  /** MACs of deciding, for each token that comes to a layer. */
  predictorMacsPerToken: z.number().nonnegative(),
  /** By layer: whether they are spent there; absent: in every layer. */
  predictsAt: z.array(z.boolean()).optional(),
  /** By layer: whether its tokens are scored. */
  scores: z.array(z.boolean()),
  /** Whether the graph chooses how to compute attention by the shape of a batch; otherwise it pads ragged ones. */
  adaptive: z.boolean(),
  /** Of a graph that chooses: longest sequence of a ragged batch that is computed as one rectangle. */
  loopAbove: size,
});
export type FlopsModel = z.infer<typeof flopsModelSchema>;
