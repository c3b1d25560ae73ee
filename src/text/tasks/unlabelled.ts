// Rows without a label. They are an error by line or left out, and never a class: an empty cell that became one would
// move all others by one place, in silence.
import { BenchError } from '../../core/errors.ts';
import { at } from '../tables/lines.ts';
import { fold, numberOf, recognise } from './labelIdentity.ts';
import type { ExampleRow } from './tableFile.ts';

/** What pandas reads as missing (STR_NA_VALUES), in any case, and nothing at all. */
const MISSING: ReadonlySet<string> = new Set([
  ...['', 'nan', '-nan', 'na', '<na>', 'n/a', '#n/a', '#n/a n/a', '#na', 'null', 'none'],
  ...['1.#ind', '-1.#ind', '1.#qnan', '-1.#qnan'],
]);

export interface UnlabelledOptions {
  /** Names that are labels whatever they look like: those of --labels and of the models. */
  readonly known: readonly string[];
  /** Rows without a label are left out instead of refused. */
  readonly skip: boolean;
  readonly regression: boolean;
}

/** The rows that have a label. @throws BenchError by line for the first that has none. */
export function labelledRows(
  path: string,
  rows: readonly ExampleRow[],
  { known, skip, regression }: UnlabelledOptions,
): ExampleRow[] {
  const minusOne = !regression && marksUnlabelled(rows);
  const lacks = ({ label }: ExampleRow): boolean => {
    const missing = MISSING.has(fold(label)) || (minusOne && numberOf(label) === -1);
    return missing && (label === '' || recognise([label], known).places[0] === -1);
  };
  const first = rows.find(lacks);
  if (first === undefined) return [...rows];
  if (!skip) {
    const what = first.label === '' ? 'no label' : `no label ("${first.label}")`;
    const own = first.label === '' ? '' : '; if it is a label, name them all with --labels';
    throw at(path, first.place, what, `--skip-unlabelled leaves such rows out${own}`);
  }
  const labelled = rows.filter((row) => !lacks(row));
  if (labelled.length === 0) throw new BenchError(`${path}: no row has a label`, 'check --label-column');
  return labelled;
}

/** -1 beside the labels 0, 1, ... is what GLUE and `datasets` write where a label is kept secret. */
function marksUnlabelled(rows: readonly ExampleRow[]): boolean {
  const labels = [...new Set(rows.map(({ label }) => label))].filter((label) => !MISSING.has(fold(label)));
  const numbers = labels.map(numberOf);
  const others = numbers.filter((number) => number !== -1);
  return numbers.includes(-1) && others.includes(0) && others.every((one) => one !== null && one >= 0);
}
