// The published claims that every report is set beside: data in bench/claims.json, read here.
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../../core/atomicFile.ts';
import { METHODS, PROVIDERS } from '../../../core/names.ts';
import { repoRoot } from '../../../core/root.ts';
import type { Row } from '../../../core/schema/row.ts';

const claimSchema = z.object({
  id: z.string(),
  method: z.enum(METHODS),
  rival: z.enum(METHODS).optional(),
  quantity: z.enum(['wall-clock', 'flops', 'accuracy-gap']),
  published: z.number(),
  /** The claim holds only for points that lose at most this much accuracy. */
  maxLossPoints: z.number().optional(),
  statement: z.string(),
  /** Machine profile the claim was made on; null when it does not depend on the machine. */
  target: z.string().nullable(),
  hardware: z.string().nullable(),
  /** Execution provider that stands for that hardware. */
  provider: z.enum(PROVIDERS).nullable(),
  model: z.string(),
  task: z.string(),
  source: z.string(),
  note: z.string(),
});
export type Claim = z.infer<typeof claimSchema>;

export function loadClaims(path = join(repoRoot(), 'bench/claims.json')): readonly Claim[] {
  return readJson(path, z.array(claimSchema), 'claims file');
}

/** A geometry of the claim's size is nearer to it than a smaller model with trained weights. */
export function ofItsModel(claim: Claim, rows: readonly Row[]): readonly Row[] {
  const own = rows.filter((row) => isItsModel(claim, row.model));
  return own.some(({ status }) => status === 'ok') ? own : rows;
}

export function isItsModel(claim: Claim, model: string): boolean {
  return model.toLowerCase() === claim.model.toLowerCase();
}
