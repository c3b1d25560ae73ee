// What a row or a run is worth: VALID, PROVISIONAL or INVALID, with the codes that led to it (MLPerf's verdict with
// reasons). A verdict follows from doubts by their weights and from nothing else, so that whoever disagrees has the
// doubt, its figures and its advice to look at. In core, since the measuring half stores it and a report of an older
// run, which has none, derives it.
import { weightOf, type DoubtCode } from './doubts.ts';
import type { Doubt, Validity } from './schema/doubt.ts';
import type { Row } from './schema/row.ts';
import type { Run } from './schema/run.ts';
import type { ScenarioRow } from './schema/scenario.ts';

type Verdict = Validity['verdict'];

export function validityOf(doubts: readonly Pick<Doubt, 'code'>[]): Validity {
  return fromCodes(doubts.map(({ code }) => code));
}

/**
 * A run is worth as much as its worst row that has numbers; one that was stopped, or that lacks rows, is
 * provisional at best. Null of a row: derived from its doubts.
 */
export function validityOfRun(
  run: Pick<Run, 'status' | 'doubts'>,
  rows: readonly Pick<Row | ScenarioRow, 'status' | 'doubts' | 'validity'>[],
): Validity {
  const missing: DoubtCode[] = [];
  if (run.status === 'interrupted') missing.push('interrupted');
  if (rows.some(({ status }) => status === 'failed')) missing.push('failed-rows');
  if (run.status !== 'interrupted' && rows.some(({ status }) => status === 'skipped'))
    missing.push('skipped-rows');
  const ofRows = rows.flatMap((row) => validityOfRow(row)?.reasons ?? []);
  return fromCodes([...missing, ...run.doubts.map(({ code }) => code), ...ofRows]);
}

/** Null for a row without numbers. */
export function validityOfRow({
  status,
  doubts,
  validity,
}: Pick<Row | ScenarioRow, 'status' | 'doubts' | 'validity'>): Validity | null {
  return status === 'ok' ? (validity ?? validityOf(doubts)) : null;
}

function fromCodes(codes: readonly string[]): Validity {
  const unique = [...new Set(codes)];
  const invalid = unique.filter((code) => weightOf(code) === 'invalid');
  const provisional = unique.filter((code) => weightOf(code) === 'provisional');
  const verdict: Verdict = invalid.length > 0 ? 'INVALID' : provisional.length > 0 ? 'PROVISIONAL' : 'VALID';
  return { verdict, reasons: [...invalid, ...provisional] };
}
