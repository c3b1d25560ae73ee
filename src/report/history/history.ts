// The runs of a folder as series: one for each machine, cell and quantity, with the steps found in it. Machines are
// told apart by fingerprint and never joined: a new processor is not a regression. This record is history.json, and
// what the pages, the Markdown and the alarm are made of.
import { cellKey } from '../../core/keys.ts';
import { VERDICTS, type Validity } from '../../core/schema/doubt.ts';
import { cellSchema, type Cell } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { validityOf, validityOfRow, validityOfRun } from '../../core/validity.ts';
import type { RunSeries } from '../../store/runSeries.ts';
import { groupBy } from '../../core/grouping.ts';
import { compareVariants, settingKey } from '../findings/settings.ts';
import { levelsOf } from './levels.ts';
import { QUANTITIES, type Quantity } from './quantities.ts';
import {
  HISTORY_VERSION,
  type CellHistory,
  type History,
  type HistoryOptions,
  type HistoryRun,
  type MachineHistory,
  type Trend,
  type TrendStep,
} from './record.ts';

export function historyOf(series: RunSeries, options: HistoryOptions): History {
  const byMachine = groupBy(series.summaries, ({ run }) => run.machine.fingerprint);
  const machines = [...byMachine.values()].flatMap((runs) => machineOf(runs, options) ?? []);
  const newest = ({ runs }: MachineHistory): number => Date.parse(runs.at(-1)?.startedAt ?? '');
  return {
    schemaVersion: HISTORY_VERSION,
    machines: machines.toSorted((a, b) => newest(b) - newest(a)),
    complaints: series.complaints,
  };
}

function machineOf(summaries: readonly Summary[], options: HistoryOptions): MachineHistory | null {
  const machine = summaries.at(-1)?.run.machine;
  if (machine === undefined) return null;
  const runs = summaries.map(runOf);
  const placed = summaries.flatMap((summary, run) => {
    const ofRun = validityOf(summary.run.doubts).verdict;
    return summary.rows
      .filter(({ method }) => method !== 'peer')
      .map((row) => ({ run, row, verdict: worse(ofRun, validityOfRow(row)?.verdict) }));
  });
  const cells = [...groupBy(placed, ({ row }) => cellKey(row))].flatMap(
    ([key, own]) => cellOf(key, own, runs, options) ?? [],
  );
  const { fingerprint, label } = machine;
  return { fingerprint, label, runs, cells: cells.toSorted((a, b) => compareCells(a.cell, b.cell)) };
}

function runOf({ run, rows, validity }: Summary): HistoryRun {
  const { id, startedAt, gitCommit, suite, status, doubts } = run;
  return { id, startedAt, gitCommit, suite, status, validity: validity ?? validityOfRun(run, rows), doubts };
}

interface PlacedRow {
  readonly run: number;
  readonly row: Row;
  readonly verdict: Validity['verdict'];
}

function cellOf(
  key: string,
  placed: readonly PlacedRow[],
  runs: readonly HistoryRun[],
  options: HistoryOptions,
): CellHistory | null {
  const newest = placed.at(-1);
  if (newest === undefined) return null;
  const { row, run, verdict } = newest;
  const trends = QUANTITIES.flatMap((quantity) => {
    const { points, otherInputs } = pointsOf(quantity, placed);
    if (points.length === 0) return [];
    const levels = levelsOf({ quantity, cell: key, points, runs }, options);
    return [{ cell: key, quantity: quantity.id, points, otherInputs, ...levels }];
  });
  const cell: Cell = cellSchema.parse(row); // the row's own fields but no more
  const doubts = row.doubts.map(({ code }) => code);
  return { cell, key, trends, newest: { run, status: row.status, verdict, doubts } };
}

/** Only what is comparable with the newest reading. */
function pointsOf(quantity: Quantity, placed: readonly PlacedRow[]): Pick<Trend, 'points' | 'otherInputs'> {
  const read = placed.flatMap(({ run, row, verdict }) => {
    const reading = row.status === 'ok' ? quantity.read(row) : null;
    return reading === null ? [] : [{ inputs: quantity.inputsOf(row), point: { run, ...reading, verdict } }];
  });
  const last = read.at(-1)?.inputs;
  const points = read.filter(({ inputs }) => inputs === last).map(({ point }) => point);
  return { points, otherInputs: read.length - points.length };
}

function worse(a: Validity['verdict'], b: Validity['verdict'] = 'VALID'): Validity['verdict'] {
  return VERDICTS.indexOf(a) > VERDICTS.indexOf(b) ? a : b;
}

function compareCells(a: Cell, b: Cell): number {
  return (
    settingKey(a).localeCompare(settingKey(b), 'en', { numeric: true }) ||
    a.batch - b.batch ||
    a.seqLen - b.seqLen ||
    compareVariants(a, b)
  );
}

export interface FoundStep {
  readonly machine: MachineHistory;
  readonly cell: CellHistory;
  readonly trend: Trend;
  readonly step: TrendStep;
}

/** Every step, alarms first, then the newest. */
export function stepsIn(machines: readonly MachineHistory[]): FoundStep[] {
  const found = machines.flatMap((machine) =>
    machine.cells.flatMap((cell) =>
      cell.trends.flatMap((trend) => trend.steps.map((step) => ({ machine, cell, trend, step }))),
    ),
  );
  const at = ({ machine, step }: FoundStep): number => Date.parse(machine.runs[step.run]?.startedAt ?? '');
  return found.toSorted((a, b) => Number(b.step.alarm) - Number(a.step.alarm) || at(b) - at(a));
}
