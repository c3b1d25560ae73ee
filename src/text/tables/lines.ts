// Lines of a data file: counting them, and the error about one of them.
import { BenchError } from '../../core/errors.ts';

/** @param place a line from 1, or what stands for one, e.g. `row 3`. */
export function at(
  path: string,
  place: number | string,
  problem: string,
  hint = 'mend that line or fetch the file anew',
): BenchError {
  const where = typeof place === 'number' ? `line ${place}` : place;
  return new BenchError(`${path} ${where}: ${problem}`, hint);
}

export function newlinesIn(text: string, newline: string, from: number, to: number): number {
  let count = 0;
  for (let place = text.indexOf(newline, from); place !== -1 && place < to; count++)
    place = text.indexOf(newline, place + 1);
  return count;
}

/** The line of each index that is asked for, from 1; of indices that grow, so that nothing is counted twice. */
export function growingLines(text: string): (index: number) => number {
  let [line, counted] = [1, 0];
  return (index) => {
    line += newlinesIn(text, '\n', counted, index);
    counted = index;
    return line;
  };
}
