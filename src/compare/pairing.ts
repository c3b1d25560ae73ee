// Which rows of the base runs and of the new run are the same cell.
import { BenchError } from '../core/errors.ts';
import { cellKey } from '../core/keys.ts';
import type { Row } from '../core/schema/row.ts';
import type { Summary } from '../core/schema/summary.ts';
import { validityOfRow } from '../core/validity.ts';

export interface Pair {
  readonly cell: string;
  /** The cell in the latest base run that has it: what deterministic quantities are compared with. */
  readonly base: Row;
  /** Measured rows of all base runs that had the same inputs, ascending by start: the nights of the timings. */
  readonly nights: readonly Row[];
  readonly next: Row;
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly onlyInBase: readonly string[];
  readonly onlyInNext: readonly string[];
}

/** @param bases at least one, ascending by start. */
export function pairRows(bases: readonly Summary[], next: Summary): Pairing {
  const baseRows = bases.map((base) => byCell(base, 'base'));
  const nextRows = byCell(next, 'new');
  const known = new Set(baseRows.flatMap((rows) => [...rows.keys()]));
  const pairs = [...nextRows].flatMap(([cell, row]): Pair[] => {
    const found = baseRows.flatMap((rows) => rows.get(cell) ?? []);
    const base = found.at(-1);
    return base === undefined ? [] : [{ cell, base, nights: nightsOf(found, base), next: row }];
  });
  if (pairs.length === 0) {
    const ids = bases.map(({ run }) => run.id).join(', ');
    throw new BenchError(
      `runs ${ids} and ${next.run.id} have no cell in common`,
      'compare runs of the same suite',
    );
  }
  return {
    pairs,
    onlyInBase: [...known].filter((cell) => !nextRows.has(cell)),
    onlyInNext: [...nextRows.keys()].filter((cell) => !known.has(cell)),
  };
}

function nightsOf(rows: readonly Row[], latest: Row): Row[] {
  return rows.filter((row) => {
    return row.status === 'ok' && validityOfRow(row)?.verdict !== 'INVALID' && sameInputs(row, latest);
  });
}

/** Unknown inputs (of a row without a profile) are taken to be the same. */
export function sameInputs(one: Row, other: Row): boolean {
  const [a, b] = [one.inputsDigest, other.inputsDigest];
  return a === null || b === null || a === b;
}

function byCell(summary: Summary, side: string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const row of summary.rows) {
    if (row.method === 'peer') continue; // another program; that it moves is none of our regressions
    const cell = cellKey(row);
    if (rows.has(cell)) throw new BenchError(`the ${side} run ${summary.run.id} has cell ${cell} twice`);
    rows.set(cell, row);
  }
  return rows;
}
