// The comparison of a new run with its base and its verdict. A timing is a candidate for a regression only when the
// change is significant over the whole sweep (Holm) and larger than what matters; it is called a regression only after
// fresh processes have shown it again (confirmation.ts). Deterministic quantities must be equal.
import { AGAIN_ID, cellKey } from '../core/keys.ts';
import type { Group } from '../core/schema/group.ts';
import type { Row } from '../core/schema/row.ts';
import type { Summary } from '../core/schema/summary.ts';
import { isMixed, requireSameMachine } from './baseline.ts';
import { isTripped, type CellComparison, type Comparison } from './comparison.ts';
import { exactDifferences, likenessOf } from './exact.ts';
import { pairRows, sameInputs, type Pair } from './pairing.ts';
import type { GateRules } from './rules.ts';
import { floors, judge, testTimings } from './timings.ts';

export interface CompareOptions {
  readonly allowMixed: boolean;
  readonly rules: GateRules;
}

/** @param bases at least one, ascending by start, all of one machine. */
export function compareSummaries(
  bases: readonly Summary[],
  next: Summary,
  { allowMixed, rules }: CompareOptions,
): Comparison {
  const latest = bases.at(-1);
  if (latest === undefined) throw new RangeError('a comparison with nothing');
  if (!allowMixed) for (const base of bases) requireSameMachine(base, next);
  const mixed = isMixed(latest, next);
  const likeness = likenessOf(latest.run, next.run);
  const { pairs, onlyInBase, onlyInNext } = pairRows(bases, next);
  const tested = testTimings(pairs, { mixed, rules, floorOf: floors(bases, next) });
  const judged = tested.filter(({ change }) => change !== null).length;
  const cells = pairs.map((pair): CellComparison => {
    const bothOk = pair.base.status === 'ok' && pair.next.status === 'ok';
    const exact = bothOk ? exactDifferences(pair.base, pair.next, likeness, rules.acrossMachines) : [];
    const timings = tested.filter(({ cell }) => cell === pair.cell).map((one) => judge(one, judged, rules));
    return { cell: pair.cell, group: groupOf(pair.next), timings, exact, status: statusOf(pair) };
  });
  return {
    base: bases.map(({ run }) => run.id),
    next: next.run.id,
    ...{ mixed, likeness, cells, onlyInBase, onlyInNext, judged },
    alpha: rules.familyWiseError,
    confirmation: null,
    tripped: cells.some(isTripped),
    notes: notesOf(bases, next, pairs, mixed),
  };
}

function statusOf({ base, next }: Pair): CellComparison['status'] {
  if (base.status === next.status) return null;
  const reason = next.reason ?? base.reason ?? 'no reason recorded';
  return { base: base.status, next: next.status, reason };
}

function groupOf({ model, task, text, provider, precision, threads, batch, seqLen }: Row): Group {
  return { model, task, text, provider, precision, threads, batch, seqLen };
}

function notesOf(bases: readonly Summary[], next: Summary, pairs: readonly Pair[], mixed: boolean): string[] {
  const notes: string[] = [];
  if (mixed) notes.push('The machines differ: only ratios vs dense, taken within each run, are compared.');
  for (const { run, noiseFloor } of [...bases, next]) {
    if (run.status !== 'complete') notes.push(`Run ${run.id} is ${run.status}.`);
    if (noiseFloor === null) notes.push(`Run ${run.id} has no noise floor (${AGAIN_ID} was not measured).`);
  }
  const changed = pairs.filter((pair) => !sameInputs(pair.base, pair.next));
  if (changed.length > 0) {
    const cells = changed.map(({ next: row }) => cellKey(row));
    notes.push(
      `The inputs differ in ${cells.length} of ${pairs.length} cells (${cells[0]}): seed, texts or tokenizer changed.`,
    );
  }
  for (const library of ['onnxruntime', 'node'] as const) {
    const versions = new Set([...bases, next].map(({ run }) => run.machine.versions[library]));
    const name = library === 'node' ? 'Node' : 'ONNX Runtime';
    if (versions.size > 1) notes.push(`${name} differs between the runs: ${[...versions].join(', ')}.`);
  }
  return notes;
}
