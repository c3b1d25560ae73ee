// Ready graphs in a plan: which files are measured together as one model, and how they are fed and read. Files are named
// by path and known by content: a run that goes on later, or on another machine, must find the same bytes.
import { basename } from 'node:path';
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { variantKey } from '../core/keys.ts';
import { variantSchema, type Variant } from '../core/schema/group.ts';
import { graphReadingSchema } from '../core/schema/reading.ts';

export const readyGraphSchema = variantSchema.extend({
  /** Absolute. */
  path: z.string(),
  /** Hash over the graph and the files beside it that hold its weights. */
  sha256: z.string(),
});
export type ReadyGraph = z.infer<typeof readyGraphSchema>;

export const readyGraphsSchema = z.object({
  /** What the group calls its model. */
  model: z.string(),
  tokenizer: z.object({ dir: z.string(), sha256: z.string() }),
  /** Tokens that a sequence may have at most; null: the graphs will tell. */
  maxLength: z.number().int().positive().nullable(),
  reading: graphReadingSchema,
  /** Labels of the task in the order of the graphs' outputs; null: the task's own order. */
  labels: z.array(z.string()).nullable(),
  /** Why their answers say nothing about a task, e.g. "no classifier"; absent if they do. */
  noAccuracy: z.string().optional(),
  /** The baseline is the group's dense, a padded one its dense-padded. */
  graphs: z.array(readyGraphSchema).min(1),
});
export type ReadyGraphs = z.infer<typeof readyGraphsSchema>;

export function variantsOfGraphs({ graphs }: ReadyGraphs): Variant[] {
  return graphs.map(({ method, point }) => ({ method, point }));
}

export function readyGraphOf({ graphs }: ReadyGraphs, variant: Variant): ReadyGraph {
  const found = graphs.find((graph) => variantKey(graph) === variantKey(variant));
  if (found === undefined) throw new BenchError(`the plan has no graph ${variantKey(variant)}`);
  return found;
}

/** What the others are compared with, for people. */
export function baselineOf({ graphs }: ReadyGraphs): string {
  const { path = '', sha256 = '' } = graphs.find(({ method }) => method === 'dense') ?? {};
  return `${basename(path)} (sha256 ${sha256.slice(0, 12)})`;
}

/** What two plans must share to be one: the same bytes, wherever they lie. */
export function essenceOf({ tokenizer, graphs, ...rest }: ReadyGraphs): object {
  const known = graphs.map(({ method, point, sha256 }) => ({ method, point, sha256 }));
  return { ...rest, tokenizer: tokenizer.sha256, graphs: known };
}
