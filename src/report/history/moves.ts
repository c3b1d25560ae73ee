// Steps that are one event: the same variant and quantity on the same machine, moved the same way in several cells
// within a night of each other. What a change of the code does, it does to many cells, and a list of all of them hides it.
import { variantKey } from '../../core/keys.ts';
import { median } from '../../stats/samples.ts';
import { groupBy } from '../../core/grouping.ts';
import { stepsIn, type FoundStep } from './history.ts';
import { commitRange } from './levels.ts';
import type { HistoryRun, MachineHistory, TrendStep } from './record.ts';

export interface Move {
  readonly machine: MachineHistory;
  readonly variant: string;
  readonly quantity: FoundStep['trend']['quantity'];
  readonly direction: TrendStep['direction'];
  /** In order of the cells; at least one. */
  readonly steps: readonly FoundStep[];
  /** The last run before and the first after the place that most of the steps have; if none has, around them all. */
  readonly before: HistoryRun | undefined;
  readonly after: HistoryRun | undefined;
  readonly commits: string | null;
  /** Median, least and largest of the steps' sizes. */
  readonly change: { readonly median: number; readonly low: number; readonly high: number };
  readonly alarms: number;
}

/** Places are right to about a night, so steps that far apart may be one. */
const NEAR = 1;

/** Alarms first, then the newest. */
export function movesIn(machines: readonly MachineHistory[]): Move[] {
  const steps = stepsIn(machines);
  const alike = groupBy(steps, ({ machine, cell, trend, step }) =>
    [machine.fingerprint, variantKey(cell.cell), trend.quantity, step.direction].join(' '),
  );
  const moves = [...alike.values()].flatMap(inClusters).map(moveOf);
  const at = ({ after }: Move): number => Date.parse(after?.startedAt ?? '');
  return moves.toSorted((a, b) => Math.sign(b.alarms) - Math.sign(a.alarms) || at(b) - at(a));
}

function inClusters(steps: readonly FoundStep[]): FoundStep[][] {
  const clusters: FoundStep[][] = [];
  for (const found of steps.toSorted((a, b) => a.step.run - b.step.run)) {
    const last = clusters.at(-1);
    const first = last?.[0];
    // From the first of the cluster, so that a chain of neighbours does not become one event of many nights.
    if (last !== undefined && first !== undefined && found.step.run - first.step.run <= 2 * NEAR)
      last.push(found);
    else clusters.push([found]);
  }
  return clusters;
}

function moveOf(steps: readonly FoundStep[]): Move {
  const [first] = steps;
  if (first === undefined) throw new Error('a move without a step');
  const { machine, cell, trend, step } = first;
  const agreed = mostlyAt(steps);
  const placeOf = (id: string): number => machine.runs.findIndex((run) => run.id === id);
  const before = machine.runs[Math.min(...agreed.map((found) => placeOf(found.step.lastBefore)))];
  const after = machine.runs[Math.max(...agreed.map((found) => found.step.run))];
  const sizes = steps.map((found) => found.step.change.median);
  const order = ({ cell: { key } }: FoundStep): number => machine.cells.findIndex((one) => one.key === key);
  return {
    machine,
    variant: variantKey(cell.cell),
    quantity: trend.quantity,
    direction: step.direction,
    steps: steps.toSorted((a, b) => order(a) - order(b)),
    before,
    after,
    commits: commitRange(before?.gitCommit ?? null, after?.gitCommit ?? null),
    change: { median: median(sizes), low: Math.min(...sizes), high: Math.max(...sizes) },
    alarms: steps.filter((found) => found.step.alarm).length,
  };
}

function mostlyAt(steps: readonly FoundStep[]): readonly FoundStep[] {
  const places = [...groupBy(steps, ({ step }) => `${step.lastBefore} ${step.firstAfter}`).values()];
  return places.find((own) => own.length > steps.length / 2) ?? steps;
}
