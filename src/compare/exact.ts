// The deterministic tier: what must be equal in two runs of the same cell whatever the machine is doing. Any
// difference is a change of the model, the inputs or the code, so it trips the gate in either direction. How much can be
// equal depends on where the runs are from: the same machine gives the same bits; the same instruction set and ONNX
// Runtime the same decisions and operators; another instruction set may flip a token or an answer on its threshold.
import type { Row } from '../core/schema/row.ts';
import type { Run } from '../core/schema/run.ts';
import { validityOfRow } from '../core/validity.ts';
import type { GateRules } from './rules.ts';

export interface ExactDifference {
  readonly quantity: string;
  readonly base: number | string;
  readonly next: number | string;
}

/** How closely two runs can agree. */
export type Likeness = 'same machine' | 'same arithmetic' | 'other arithmetic';

type Origin = Pick<Run, 'machine'>;

export function likenessOf({ machine: one }: Origin, { machine: other }: Origin): Likeness {
  const sameLibrary = one.versions.onnxruntime === other.versions.onnxruntime;
  // Another ONNX Runtime may fuse and sum differently, so the bits of the answers are not asked to be equal.
  if (one.fingerprint === other.fingerprint) return sameLibrary ? 'same machine' : 'same arithmetic';
  const cpuOnly = one.gpus.length === 0 && other.gpus.length === 0;
  return sameLibrary && cpuOnly && one.cpu.isa === other.cpu.isa ? 'same arithmetic' : 'other arithmetic';
}

/** Sums in another order may differ in the last bits; nothing else may. */
const ROUNDING = 1e-9;

export function exactDifferences(
  base: Row,
  next: Row,
  likeness: Likeness,
  tolerances: GateRules['acrossMachines'],
): ExactDifference[] {
  const exact = likeness !== 'other arithmetic';
  const flops = exact ? ROUNDING : tolerances.flops;
  const kept = exact ? NO_SLACK : { share: tolerances.keptTokensShare, tokens: tolerances.keptTokens };
  return [
    ...validityDifference(base, next),
    ...numbers(base, next, flops),
    ...keptDifference(base, next, kept),
    ...(exact ? nodeDifferences(base.nodeCounts, next.nodeCounts) : []),
    ...accuracyDifferences(base, next, exact ? null : tolerances.accuracy),
    ...(likeness === 'same machine' ? logitsDifference(base, next) : []),
  ];
}

function numbers(base: Row, next: Row, tolerance: number): ExactDifference[] {
  const all: [string, number | null | undefined, number | null | undefined][] = [
    ['FLOPs per sequence', base.flops?.perSequence, next.flops?.perSequence],
    ['executed FLOPs per sequence', base.flops?.executedPerSequence, next.flops?.executedPerSequence],
    ['profiled FLOPs per sequence', base.flops?.profiledPerSequence, next.flops?.profiledPerSequence],
  ];
  return all.flatMap(([quantity, before, after]): ExactDifference[] => {
    if (before === undefined || before === null) return [];
    if (after === undefined || after === null) return [{ quantity, base: before, next: 'missing' }];
    return near(before, after, tolerance) ? [] : [{ quantity, base: before, next: after }];
  });
}

interface Slack {
  readonly share: number;
  readonly tokens: number;
}

const NO_SLACK: Slack = { share: ROUNDING, tokens: 0 };

function keptDifference(base: Row, next: Row, slack: Slack): ExactDifference[] {
  const [before, after] = [base.keptTokens, next.keptTokens];
  if (before === null) return [];
  if (after === null) return [{ quantity: 'kept tokens by layer', base: layers(before), next: 'missing' }];
  const close = (kept: number, other: number): boolean =>
    Math.abs(kept - other) <= Math.max(slack.tokens, slack.share * Math.max(kept, other));
  const same =
    before.length === after.length && before.every((kept, layer) => close(kept, after[layer] ?? Number.NaN));
  return same ? [] : [{ quantity: 'kept tokens by layer', base: layers(before), next: layers(after) }];
}

function layers(kept: readonly number[]): string {
  return kept.map((value) => String(Number(value.toPrecision(6)))).join(' ');
}

type NodeCounts = Row['nodeCounts'];

function nodeDifferences(base: NodeCounts, next: NodeCounts): ExactDifference[] {
  if (base === null || next === null) return [];
  const types = [...new Set([...Object.keys(base), ...Object.keys(next)])].sort();
  return types.flatMap((type) => {
    const [before, after] = [base[type] ?? 0, next[type] ?? 0];
    return before === after ? [] : [{ quantity: `${type} nodes`, base: before, next: after }];
  });
}

/** @param tolerance null: predictions must be equal one by one. */
function accuracyDifferences(
  { accuracy: base }: Row,
  next: Row,
  tolerance: number | null,
): ExactDifference[] {
  if (base === null) return [];
  const after = next.accuracy;
  const quantity = base.metric;
  if (after === null) return [{ quantity, base: base.value, next: 'missing' }];
  if (after.metric !== base.metric) return [{ quantity: 'metric', base: base.metric, next: after.metric }];
  if (base.n !== after.n) return [{ quantity: `${quantity} examples`, base: base.n, next: after.n }];
  if (base.examplesDigest !== after.examplesDigest) {
    return [
      {
        quantity: `${quantity} examples`,
        base: short(base.examplesDigest),
        next: short(after.examplesDigest),
      },
    ];
  }
  const differences: ExactDifference[] = near(base.value, after.value, ROUNDING)
    ? []
    : [{ quantity, base: base.value, next: after.value }];
  if (tolerance !== null) return Math.abs(base.value - after.value) <= tolerance ? [] : differences;
  const [one, other] = [base.predictionsDigest, after.predictionsDigest];
  if (one === other) return differences;
  return [...differences, { quantity: 'predictions', base: short(one), next: short(other) }];
}

function logitsDifference(base: Row, next: Row): ExactDifference[] {
  const [one, other] = [base.logitsDigest, next.logitsDigest];
  if (one === null || other === null || one === other) return [];
  return [{ quantity: 'logits', base: short(one), next: short(other) }];
}

/** An INVALID row's numbers do not mean what they say, so it cannot pass as one that does. */
function validityDifference(baseRow: Row, nextRow: Row): ExactDifference[] {
  const [base, next] = [validityOfRow(baseRow), validityOfRow(nextRow)];
  if (next?.verdict !== 'INVALID' || base?.verdict === 'INVALID') return [];
  return [
    { quantity: 'validity', base: base?.verdict ?? 'unknown', next: `INVALID: ${next.reasons.join(', ')}` },
  ];
}

/** Enough of a digest to tell two apart. */
function short(digest: string): string {
  return digest.slice(0, 12);
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
