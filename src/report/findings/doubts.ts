// Every doubt of a run in one list, the gravest first, equal codes counted once.
// A doubt is a value beside a number, not a log line, so a report must not lose one.
import { cellKey } from '../../core/keys.ts';
import { weightOf, type Weight } from '../../core/doubts.ts';
import type { Doubt } from '../../core/schema/doubt.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { count } from './format.ts';

interface Told {
  readonly code: string;
  readonly weight: Weight;
  /** The first message seen, after "e.g." when the rows do not all say the same. */
  readonly message: string;
  readonly advice: string | null;
  /** Rows that carry it; 0 for a doubt about the whole run. */
  readonly rows: number;
}

export interface CountedDoubt extends Told {
  /** Keys of the cells concerned. */
  readonly cells: readonly string[];
  /** Marks in the tables, e.g. "a". */
  readonly mark: string;
  /** `code (provisional, 3 rows): message. Advice: ...` */
  readonly line: string;
}

export function countDoubts(summary: Summary): readonly CountedDoubt[] {
  const found = new Map<string, { doubt: Doubt; cells: string[]; messages: Set<string> }>();
  const add = (doubt: Doubt, cell?: string): void => {
    const known = found.get(doubt.code) ?? { doubt, cells: [], messages: new Set<string>() };
    known.messages.add(doubt.message);
    if (cell !== undefined && !known.cells.includes(cell)) known.cells.push(cell);
    found.set(doubt.code, known);
  };
  for (const doubt of summary.run.doubts) add(doubt);
  for (const row of summary.rows) for (const doubt of row.doubts) add(doubt, cellKey(row));
  for (const row of summary.scenarios)
    for (const doubt of row.doubts) add(doubt, `${cellKey(row)} ${row.scenario.name}`);
  const ordered = [...found].toSorted(([left], [right]) => rank(left) - rank(right));
  return ordered.map(([code, { doubt, cells, messages }], index) => {
    const told = {
      code,
      weight: weightOf(code),
      message: messages.size > 1 ? `e.g. ${doubt.message}` : doubt.message,
      advice: doubt.advice ?? null,
      rows: cells.length,
    };
    return { ...told, cells, mark: markOf(index), line: doubtLine(told) };
  });
}

const ORDER: readonly Weight[] = ['invalid', 'provisional', 'note'];

function rank(code: string): number {
  return ORDER.indexOf(weightOf(code));
}

/** a, b, ... z, aa, ab, ... */
function markOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : markOf(Math.floor(index / 26) - 1) + letter;
}

/** Marks of the doubts that a row carries, in the order of the list. */
export function marksOf(row: { readonly doubts: readonly Doubt[] }, doubts: readonly CountedDoubt[]): string {
  const own = new Set(row.doubts.map(({ code }) => code));
  return doubts
    .filter(({ code }) => own.has(code))
    .map(({ mark }) => mark)
    .join(' ');
}

function doubtLine(doubt: Told): string {
  const where = doubt.rows === 0 ? 'whole run' : count(doubt.rows, 'row');
  const advice = doubt.advice === null ? '' : ` Advice: ${doubt.advice}`;
  return `${doubt.code} (${doubt.weight}, ${where}): ${sentence(doubt.message)}${advice}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
