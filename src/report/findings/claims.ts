// Published claims as rows with what this run measured beside them. "Up to" claims are compared with the best
// cell of the run; the obstacles say why the two numbers are not the same experiment. A claim is never called
// refuted by another machine, model or task: it is set beside what happened here.
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../core/atomicFile.ts';
import { variantKey } from '../../core/keys.ts';
import { METHODS, PROVIDERS } from '../../core/names.ts';
import { repoRoot } from '../../core/root.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { place } from './answer.ts';
import { NOT_MEASURED, ratio, ratioInterval } from './format.ts';
import { differenceUnit, markedDifference, metricName, scoreDifference } from './metric.ts';
import { noAccuracyText } from './noAccuracy.ts';
import { settingKey } from './settings.ts';

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

export interface ClaimRow extends Claim {
  readonly measured: string;
  readonly verdict: 'reached here' | 'not reached here' | 'not comparable here' | 'not measured';
  /** Why the two numbers are not the same experiment; never empty unless machine, model and task agree. */
  readonly obstacles: readonly string[];
}

/** FLOPs ratios this close count as "the same FLOPs". */
const SAME_FLOPS = 0.05;

export function loadClaims(path = join(repoRoot(), 'bench/claims.json')): readonly Claim[] {
  return readJson(path, z.array(claimSchema), 'claims file');
}

export function judgeClaims(summary: Summary, claims: readonly Claim[] = loadClaims()): readonly ClaimRow[] {
  return claims.map((claim) => judgeClaim(summary, claim));
}

function judgeClaim({ run, rows }: Summary, claim: Claim): ClaimRow {
  const onProvider = rows.filter((row) => claim.provider === null || row.provider === claim.provider);
  const sameHardware = claim.target === null || (claim.target === run.target && onProvider.length > 0);
  const found = measure(claim, onProvider.length > 0 ? onProvider : rows);
  const obstacles = [
    ...(sameHardware ? [] : [`this machine is not ${claim.hardware ?? claim.target ?? 'the same'}`]),
    ...(onProvider.length > 0 ? [] : [`nothing ran on the ${claim.provider ?? ''} provider`]),
    ...otherInputs(claim, rows),
    ...silenceOf(found),
  ];
  if (found === null) return { ...claim, measured: NOT_MEASURED, verdict: 'not measured', obstacles };
  return { ...claim, measured: found.text, verdict: verdictOf(claim, found, sameHardware), obstacles };
}

/**
 * Another model or task weakens the comparison and is said beside it; another machine makes it void. So does a
 * FLOPs ratio that was set, which would only be quoted back.
 */
function verdictOf(claim: Claim, { value, row }: Found, sameHardware: boolean): ClaimRow['verdict'] {
  if (!sameHardware) return 'not comparable here';
  if (claim.quantity === 'flops' && row.noAccuracy !== undefined) return 'not comparable here';
  return value >= claim.published ? 'reached here' : 'not reached here';
}

/** A geometry of the claim's size is nearer to it than a smaller model with trained weights. */
function ofItsModel(claim: Claim, rows: readonly Row[]): readonly Row[] {
  const own = rows.filter((row) => isItsModel(claim, row.model));
  return own.some(({ status }) => status === 'ok') ? own : rows;
}

function isItsModel(claim: Claim, model: string): boolean {
  return model.toLowerCase() === claim.model.toLowerCase();
}

function silenceOf(found: Found | null): string[] {
  if (found?.row.noAccuracy === undefined) return [];
  const { model, noAccuracy } = found.row;
  return [
    `${model} has ${noAccuracy}: how many tokens it keeps was set, not learned, and accuracy is no part of it`,
  ];
}

function otherInputs(claim: Claim, rows: readonly Row[]): string[] {
  const models = [...new Set(rows.map((row) => row.model))];
  const tasks = [...new Set(rows.map((row) => row.task))];
  const itsOwn = models.some((model) => isItsModel(claim, model));
  return [
    ...(itsOwn ? [] : [`the model is ${models.join(', ')}, not ${claim.model}`]),
    ...(tasks.includes(claim.task) ? [] : [`the task is ${tasks.join(', ')}, not ${claim.task}`]),
  ];
}

interface Found {
  readonly row: Row;
  readonly value: number;
  readonly text: string;
}

function measure(claim: Claim, rows: readonly Row[]): Found | null {
  switch (claim.quantity) {
    case 'wall-clock':
      return bestWallClock(
        ofItsModel(
          claim,
          rows.filter((row) => row.method === claim.method),
        ),
      );
    case 'flops':
      return bestFlops(
        claim,
        rows.filter((row) => row.method === claim.method),
      );
    case 'accuracy-gap':
      return widestGap(claim, rows);
  }
}

function bestBy(
  rows: readonly Row[],
  valueOf: (row: Row) => number | null,
): { row: Row; value: number } | null {
  let best: { row: Row; value: number } | null = null;
  for (const row of rows) {
    const value = valueOf(row);
    if (value !== null && (best === null || value > best.value)) best = { row, value };
  }
  return best;
}

function bestWallClock(rows: readonly Row[]): Found | null {
  const best = bestBy(rows, (row) => row.speedup?.vsDense?.median ?? null);
  if (best === null) return null;
  const { row } = best;
  const padded = row.speedup?.vsDensePadded ?? null;
  const beside = padded === null ? '' : `, ${ratioInterval(padded)} vs dense-padded`;
  return {
    row,
    value: best.value,
    text: `${ratioInterval(row.speedup?.vsDense)} vs dense${beside} (${variantKey(row)}, ${place(row)})`,
  };
}

function bestFlops(claim: Claim, rows: readonly Row[]): Found | null {
  const limit = claim.maxLossPoints;
  const harmless = rows.filter((row) => {
    const delta = row.accuracy?.deltaVsDense?.value;
    return limit === undefined || (delta !== undefined && delta * 100 > -limit);
  });
  const silent = rows.filter(({ noAccuracy }) => noAccuracy !== undefined);
  const eligible = harmless.length > 0 ? harmless : ofItsModel(claim, silent);
  const best = bestBy(eligible, (row) => row.flops?.ratioVsDense ?? null);
  if (best === null) return null;
  const { row, value } = best;
  const padded = row.flops?.ratioVsDensePadded ?? null;
  const beside = padded === null ? '' : `, ${ratio(padded)} vs dense-padded`;
  const delta = markedDifference(row.accuracy);
  const metric = row.accuracy?.metric ?? 'accuracy';
  const loss = noAccuracyText(row) ?? (delta === '' ? NOT_MEASURED : `${delta}${differenceUnit(metric)}`);
  return {
    row,
    value,
    text: `${ratio(value)} vs dense${beside}; ${metricName(metric)} ${loss} (${variantKey(row)}, ${place(row)})`,
  };
}

/** The largest lead over the rival among rows of one group whose FLOPs ratios agree. */
function widestGap(claim: Claim, rows: readonly Row[]): Found | null {
  let widest: Found | null = null;
  for (const own of rows.filter((row) => row.method === claim.method)) {
    for (const rival of rows.filter((row) => row.method === claim.rival && sameGroup(row, own))) {
      if (!sameFlops(own, rival) || own.accuracy === null || rival.accuracy === null) continue;
      const { metric } = own.accuracy;
      const value = (own.accuracy.value - rival.accuracy.value) * 100;
      if (widest !== null && widest.value >= value) continue;
      const flops = `${ratio(own.flops?.ratioVsDense ?? 1)} and ${ratio(rival.flops?.ratioVsDense ?? 1)} FLOPs`;
      widest = {
        row: own,
        value,
        text: `${scoreDifference(metric, value / 100)}${differenceUnit(metric)} (${variantKey(own)} against ${variantKey(rival)}, ${flops}, ${place(own)}, n=${own.accuracy.n}; no interval)`,
      };
    }
  }
  return widest;
}

function sameGroup(a: Row, b: Row): boolean {
  return settingKey(a) === settingKey(b) && a.batch === b.batch && a.seqLen === b.seqLen;
}

function sameFlops(a: Row, b: Row): boolean {
  if (a.flops === null || b.flops === null) return false;
  return Math.abs(a.flops.ratioVsDense / b.flops.ratioVsDense - 1) <= SAME_FLOPS;
}
