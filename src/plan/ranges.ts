// Lists and ranges of the command line: `32,128`, `1-8+1` (steps added), `16-512*2` (steps multiplied), mixed freely.
import { BenchError } from '../core/errors.ts';

const RANGE = /^(\d+)-(\d+)(?:([+*])(\d+))?$/;
const MOST_VALUES = 1000;

/** Comma-separated names, none empty, none twice. */
export function expandList(flag: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) {
    throw new BenchError(`--${flag}: "${text}" has an empty item`, `--${flag} a,b`);
  }
  return [...new Set(items)];
}

/** Comma-separated whole numbers and ranges, none below `least`, none twice. */
export function expandNumbers(flag: string, text: string, least: number): number[] {
  const values = expandList(flag, text).flatMap((item) => expandItem(flag, item));
  const small = values.find((value) => value < least);
  if (small !== undefined) {
    throw new BenchError(`--${flag}: ${small} is too small`, `the least is ${least}`);
  }
  return [...new Set(values)];
}

function expandItem(flag: string, item: string): number[] {
  if (/^\d+$/.test(item)) return [Number(item)];
  const match = RANGE.exec(item);
  if (match === null) {
    throw new BenchError(`--${flag}: "${item}" is not a number`, 'e.g. 32, 1-8+1 or 16-512*2');
  }
  const [, first = '', last = '', sign = '+', size = '1'] = match;
  return [...steps({ flag, item, first: Number(first), last: Number(last), sign, size: Number(size) })];
}

interface Range {
  readonly flag: string;
  readonly item: string;
  readonly first: number;
  readonly last: number;
  readonly sign: string;
  readonly size: number;
}

function* steps({ flag, item, first, last, sign, size }: Range): Generator<number> {
  const grows = sign === '*' ? size > 1 && first > 0 : size > 0;
  if (!grows || last < first) {
    throw new BenchError(`--${flag}: the range "${item}" never reaches its end`, 'e.g. 1-8+1 or 16-512*2');
  }
  let count = 0;
  for (let value = first; value <= last; value = sign === '*' ? value * size : value + size) {
    if (++count > MOST_VALUES) {
      throw new BenchError(`--${flag}: "${item}" has over ${MOST_VALUES} values`, 'take larger steps');
    }
    yield value;
  }
}
