// How runs, steps and cells are put into words: the same in the pages, the Markdown and the terminal.
import type { Cell } from '../../core/schema/group.ts';
import { points } from '../findings/format.ts';
import { describe } from '../findings/settings.ts';
import { shortCommit } from './levels.ts';
import type { Move } from './moves.ts';
import { QUANTITIES, type Quantity, type Reading } from './quantities.ts';
import type { HistoryRun, Trend, TrendStep } from './record.ts';

export function quantityOf({ quantity }: Pick<Trend, 'quantity'>): Quantity {
  const found = QUANTITIES.find(({ id }) => id === quantity);
  if (found === undefined) throw new Error(`no quantity ${quantity}`);
  return found;
}

/** `1.94x [1.90x..1.98x]`, or the value alone. */
export function readingText(quantity: Quantity, { value, low, high }: Reading): string {
  const range = low === null || high === null ? '' : ` [${quantity.write(low)}..${quantity.write(high)}]`;
  return `${quantity.write(value)}${range}`;
}

/** `−3.1 %` or `−0.5 points`. */
export function changeText({ change }: Pick<Quantity, 'change'>, value: number, digits = 1): string {
  return change === 'ratio' ? `${points(value - 1, digits)} %` : `${points(value, digits)} points`;
}

/** `−3.1 % [−3.5..−2.6], worse` */
export function stepText(quantity: Quantity, { change, direction }: TrendStep): string {
  const centre = quantity.change === 'ratio' ? 1 : 0;
  const range =
    change.low === change.high ? '' : ` [${points(change.low - centre)}..${points(change.high - centre)}]`;
  return `${changeText(quantity, change.median)}${range}, ${direction}`;
}

/** `−2.8 %, worse`; over several cells with the least and the largest. */
export function moveText({ quantity, change, steps, direction }: Move): string {
  const own = quantityOf({ quantity });
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return stepText(own, only.step);
  const centre = own.change === 'ratio' ? 1 : 0;
  const range =
    change.low === change.high ? '' : ` (${points(change.low - centre)} to ${points(change.high - centre)})`;
  return `${changeText(own, change.median)}${range}, ${direction}`;
}

/** `2026-03-25 to 2026-03-26` */
export function nightsText({ before, after }: Pick<Move, 'before' | 'after'>): string {
  return [before, after].map((run) => (run === undefined ? '?' : dayOf(run))).join(' to ');
}

/** What may be said of the commits between two runs. */
export function commitsText({ commits, before, after }: Pick<Move, 'commits' | 'before' | 'after'>): string {
  const commit = before?.gitCommit ?? null;
  if (commits === null || commit === null) return 'commits unknown';
  // A tree with changes of its own may be another one each time.
  const same = commit === after?.gitCommit && !commit.endsWith('-dirty');
  return same ? `${shortCommit(commit)} on both sides: not the code` : commits;
}

export function stateText({ steps, alarms }: Move): string {
  const notes = [...new Set(steps.flatMap(({ step }) => step.acknowledged ?? []))];
  const seen = notes.length === 0 ? '' : `acknowledged: ${notes.join('; ')}`;
  if (alarms === 0) return seen === '' ? 'no alarm' : seen;
  const share = alarms === steps.length ? 'ALARM' : `ALARM in ${alarms} of ${steps.length}`;
  return seen === '' ? share : `${share}; ${seen}`;
}

/** `+0.12 % a run` */
export function driftText(quantity: Quantity, drift: number): string {
  return `drifts by ${changeText(quantity, drift, 2)} a run`;
}

/** `2026-03-05` */
export function dayOf({ startedAt }: Pick<HistoryRun, 'startedAt'>): string {
  return new Date(startedAt).toISOString().slice(0, 10);
}

/** `batch 8, length 128`; with the rest of the group where it is asked for. */
export function placeText(cell: Cell, whole: boolean): string {
  const place = `batch ${cell.batch}, length ${cell.seqLen}`;
  return whole ? `${describe(cell)}, ${place}` : place;
}

/** Safe as an id in a page and as a file name. */
export function slugOf(text: string): string {
  return text.replaceAll(/[^\w-]+/g, '_');
}
