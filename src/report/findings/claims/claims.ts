// Published claims as rows with what this run measured beside them. "Up to" claims are compared with the best
// cell of the run; the obstacles say why the two numbers are not the same experiment. A claim is never called
// refuted by another machine, model or task: it is set beside what happened here.
import type { Row } from '../../../core/schema/row.ts';
import type { Summary } from '../../../core/schema/summary.ts';
import { NOT_MEASURED } from '../format.ts';
import { measure, type Found } from './measured.ts';
import { isItsModel, type Claim } from './published.ts';

export interface ClaimRow extends Claim {
  /** Method and statement. */
  readonly claim: string;
  readonly measured: string;
  readonly verdict: 'reached here' | 'not reached here' | 'not comparable here' | 'not measured';
  /** Why the two numbers are not the same experiment; never empty unless machine, model and task agree. */
  readonly obstacles: readonly string[];
  /** The obstacles as a text. */
  readonly differs: string;
}

export interface Claims {
  /** Titles of the columns: claim, measured, verdict, differs, source. */
  readonly columns: readonly string[];
  readonly rows: readonly ClaimRow[];
}

const COLUMNS = ['claim', 'best measured in this run', 'verdict', 'what differs', 'source'] as const;

export function judgeClaims(summary: Summary, claims: readonly Claim[]): Claims {
  return { columns: COLUMNS, rows: claims.map((claim) => judgeClaim(summary, claim)) };
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
  return {
    ...claim,
    claim: `${claim.method}: ${claim.statement}`,
    measured: found?.text ?? NOT_MEASURED,
    verdict: found === null ? 'not measured' : verdictOf(claim, found, sameHardware),
    obstacles,
    differs: obstacles.length === 0 ? 'like for like' : obstacles.join('; '),
  };
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

function silenceOf(found: Found | null): string[] {
  if (found?.row.noAccuracy === undefined) return [];
  const { model, noAccuracy } = found.row;
  return [
    `${model} has ${noAccuracy}: how many tokens it keeps was set, not learned, and it has no accuracy`,
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
