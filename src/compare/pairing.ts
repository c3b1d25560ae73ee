// Which rows of two runs are the same cell, and whether the two runs may be compared at all.
import { BenchError } from '../core/errors.ts';
import { cellKey } from '../core/keys.ts';
import type { Row, Summary } from '../core/schema.ts';

export interface Pair {
  readonly cell: string;
  readonly base: Row;
  readonly next: Row;
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly onlyInBase: readonly string[];
  readonly onlyInNext: readonly string[];
}

export function pairRows(base: Summary, next: Summary): Pairing {
  const baseRows = byCell(base, 'base');
  const nextRows = byCell(next, 'new');
  const pairs = [...baseRows].flatMap(([cell, row]) => {
    const other = nextRows.get(cell);
    return other === undefined ? [] : [{ cell, base: row, next: other }];
  });
  if (pairs.length === 0) {
    throw new BenchError(
      `runs ${base.run.id} and ${next.run.id} have no cell in common`,
      'compare runs of the same suite',
    );
  }
  return {
    pairs,
    onlyInBase: [...baseRows.keys()].filter((cell) => !nextRows.has(cell)),
    onlyInNext: [...nextRows.keys()].filter((cell) => !baseRows.has(cell)),
  };
}

function byCell(summary: Summary, side: string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const row of summary.rows) {
    const cell = cellKey(row);
    if (rows.has(cell)) throw new BenchError(`the ${side} run ${summary.run.id} has cell ${cell} twice`);
    rows.set(cell, row);
  }
  return rows;
}

/** Times of two machines are not comparable; only ratios taken within each run are. */
export function requireSameMachine(base: Summary, next: Summary): void {
  const [one, other] = [base.run.machine, next.run.machine];
  if (one.fingerprint === other.fingerprint) return;
  throw new BenchError(
    `the runs are from different machines: ${one.label} (${one.fingerprint}) and ${other.label} (${other.fingerprint})`,
    '--allow-mixed compares only their ratios vs dense',
  );
}
