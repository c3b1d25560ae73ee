// What rows and run are worth, in words: the verdict, the reasons with the number of rows they are of, and what to do.
// A run of an older version has no verdict; it is derived from its doubts.
import { cellKey } from '../../core/keys.ts';
import { validityOfRow, validityOfRun } from '../../core/validity.ts';
import type { Validity } from '../../core/schema/doubt.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import type { CountedDoubt } from './doubts.ts';
import { count, list } from './format.ts';

export interface RunVerdict {
  readonly verdict: Validity['verdict'];
  /** `This run is PROVISIONAL: ...`, then what that means and what to do; never empty. */
  readonly sentences: readonly string[];
}

const MEANING: Readonly<Record<Validity['verdict'], string>> = {
  VALID: 'The bench found no reason to distrust its numbers.',
  PROVISIONAL: 'Measure again before you quote it.',
  INVALID: 'Rows marked INVALID do not mean what their columns say; do not use them.',
};

export function runVerdict(summary: Summary, doubts: readonly CountedDoubt[]): RunVerdict {
  const { run, rows, scenarios } = summary;
  const { verdict, reasons } = summary.validity ?? validityOfRun(run, [...rows, ...scenarios]);
  const because =
    reasons.length === 0
      ? ''
      : `, because of ${reasons.map((code) => reasonText(code, summary, doubts)).join(', ')}`;
  const sentences = [`This run is ${verdict}${because}.`, rowTally(rows), MEANING[verdict]];
  const advice = doubts.find(({ code, advice }) => reasons.includes(code) && advice !== null)?.advice ?? null;
  if (advice !== null) sentences.push(`First: ${advice}.`);
  return { verdict, sentences: sentences.filter((text) => text !== '') };
}

function reasonText(code: string, { rows }: Summary, doubts: readonly CountedDoubt[]): string {
  const theirs = new Set(rows.filter(isPeer).map(cellKey));
  const own = doubts.find((doubt) => doubt.code === code)?.cells.filter((cell) => !theirs.has(cell)) ?? [];
  return own.length === 0 || own.length === rows.length - theirs.size
    ? code
    : `${code} (${count(own.length, 'row')})`;
}

/** Another program: no part of what the run is worth. */
function isPeer({ method }: Row): boolean {
  return method === 'peer';
}

function rowTally(rows: readonly Row[]): string {
  const measured = rows.filter((row) => !isPeer(row) && rowVerdict(row) !== null);
  const of = (verdict: Validity['verdict']): number =>
    measured.filter((row) => rowVerdict(row) === verdict).length;
  if (measured.length === 0) return '';
  const present = (['VALID', 'PROVISIONAL', 'INVALID'] as const).filter((verdict) => of(verdict) > 0);
  const [only, ...others] = present;
  const all = count(measured.length, 'measured row');
  if (others.length === 0 && only !== undefined) return `All ${all} are ${only}.`;
  const parts = present.map((verdict) => `${of(verdict)} ${of(verdict) === 1 ? 'is' : 'are'} ${verdict}`);
  return `There are ${all}: ${list(parts)}.`;
}

/** Null for a row without numbers. */
export function rowVerdict(row: Row): Validity['verdict'] | null {
  return validityOfRow(row)?.verdict ?? null;
}

/** Short enough for a narrow table. */
export const SHORT_VERDICTS: Readonly<Record<Validity['verdict'], string>> = {
  VALID: 'VALID',
  PROVISIONAL: 'PROV.',
  INVALID: 'INVALID',
};

/** Whether a table needs a column for it; if not, one line says it of all. */
export function showsVerdicts(rows: readonly Row[]): boolean {
  return rows.some((row) => (rowVerdict(row) ?? 'VALID') !== 'VALID');
}
