// The deterministic tier: what must be equal in two runs of the same cell whatever the machine is doing. Any
// difference is a change of the model, the inputs or the code, so it trips the gate in either direction.
import type { Row } from '../core/schema.ts';

export interface ExactDifference {
  readonly quantity: string;
  readonly base: number | string;
  readonly next: number | string;
}

/** Sums in another order may differ in the last bits; nothing else may. */
const ROUNDING = 1e-9;
/** Another instruction set may flip a token that lies on its threshold. */
const MIXED_TOLERANCE = 1e-3;

export function exactDifferences(base: Row, next: Row): ExactDifference[] {
  const numbers: [string, number | undefined, number | undefined][] = [
    ['FLOPs per sequence', base.flops?.perSequence, next.flops?.perSequence],
    ['executed FLOPs per sequence', base.flops?.executedPerSequence, next.flops?.executedPerSequence],
    ['profiled FLOPs per sequence', base.flops?.profiledPerSequence, next.flops?.profiledPerSequence],
    ['accuracy', base.accuracy?.value, next.accuracy?.value],
    ['accuracy examples', base.accuracy?.n, next.accuracy?.n],
  ];
  const differences = numbers.flatMap(([quantity, before, after]) => {
    if (before === undefined || after === undefined || near(before, after, ROUNDING)) return [];
    return [{ quantity, base: before, next: after }];
  });
  return [...differences, ...keptDifference(base, next)];
}

/** Between machines only ratios vs dense are compared, here that of the FLOPs. */
export function mixedDifferences(base: Row, next: Row): ExactDifference[] {
  const [before, after] = [base.flops?.ratioVsDense, next.flops?.ratioVsDense];
  if (before === undefined || after === undefined || near(before, after, MIXED_TOLERANCE)) return [];
  return [{ quantity: 'FLOPs ratio vs dense', base: before, next: after }];
}

function keptDifference(base: Row, next: Row): ExactDifference[] {
  const [before, after] = [base.keptTokens, next.keptTokens];
  if (before === null || after === null) return [];
  const same =
    before.length === after.length &&
    before.every((kept, layer) => near(kept, after[layer] ?? Number.NaN, ROUNDING));
  return same ? [] : [{ quantity: 'kept tokens by layer', base: layers(before), next: layers(after) }];
}

function layers(kept: readonly number[]): string {
  return kept.map((value) => String(Number(value.toPrecision(6)))).join(' ');
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
