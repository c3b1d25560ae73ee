// Flags declared once: parsing, the error for an unknown one and the text of --help all come from the same
// literals. node:util's parseArgs does the reading; what it throws is turned into one line for the user.
import { parseArgs } from 'node:util';
import { BenchError, messageOf } from '../core/errors.ts';
import { spelled } from '../core/spelling.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  /** May be given several times; of string flags only. */
  readonly multiple?: true;
  readonly short?: string;
  /** What stands for the value in the help, e.g. `LIST`; of string flags only. */
  readonly value?: string;
  readonly help: string;
}
export type Flags = Readonly<Record<string, Flag>>;

export interface Usage {
  readonly name: string;
  readonly summary: string;
  /** What may stand behind the flags, e.g. `RUN`; none if absent. */
  readonly operands?: string;
  readonly flags: Flags;
  /** Lines after the flags: examples, legal values. */
  readonly notes?: readonly string[];
}

export interface Parsed<F extends Flags> {
  readonly values: { readonly [K in keyof F]?: ValueOf<F[K]> };
  readonly operands: readonly string[];
  /** -h or --help was given; the caller prints the help and leaves. */
  readonly help: boolean;
}

type ValueOf<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F extends { readonly multiple: true }
    ? readonly string[]
    : string;

const HELP: Flag = { type: 'boolean', short: 'h', help: 'print this and leave' };

export function parseFlags<U extends Usage>(usage: U, argv: readonly string[]): Parsed<U['flags']> {
  const options = Object.fromEntries(Object.entries({ ...usage.flags, help: HELP }).map(toOption));
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: usage.operands !== undefined,
      strict: true,
    });
    const { help, ...rest } = values;
    // parseArgs' strict mode has checked every value against the type that its flag declares.
    return { values: rest as Parsed<U['flags']>['values'], operands: positionals, help: help === true };
  } catch (thrown) {
    throw usageError(usage, thrown);
  }
}

type Option = { type: Flag['type']; short?: string; multiple?: boolean };

function toOption([name, { type, short, multiple }]: [string, Flag]): [string, Option] {
  return [
    name,
    { type, ...(short === undefined ? {} : { short }), ...(multiple === true ? { multiple } : {}) },
  ];
}

function usageError(usage: Usage, thrown: unknown): BenchError {
  const message = messageOf(thrown)
    .replace(/\. To specify.*$/, '')
    .replace(/\. This command.*$/, '');
  const known = Object.keys(usage.flags).map((name) => `--${name}`);
  return new BenchError(`${usage.name}: ${message}`, `flags: ${known.join(' ')}`, { cause: thrown });
}

export function helpOf({ name, summary, operands, flags, notes }: Usage): string {
  const rows = Object.entries({ ...flags, help: HELP }).map(([flag, { short, value, help }]) => {
    const left = `${short === undefined ? '    ' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
    return [left, help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const call = `npm run ${name} -- [flags]${operands === undefined ? '' : ` ${operands}`}`;
  const lines = rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`);
  const texts = [
    summary,
    '',
    `usage: ${call}`,
    '',
    ...lines,
    ...(notes === undefined ? [] : ['', ...notes]),
    '',
  ];
  return spelled(texts.join('\n'));
}

/** `flag`'s value as a whole number of at least `least`. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new BenchError(
    `--${flag} must be a whole number of at least ${least}, not "${text}"`,
    `--${flag} ${least}`,
  );
}

/** `flag`'s value as one of the legal ones. */
export function oneOf<T extends string>(flag: string, text: string, legal: readonly T[]): T {
  const found = legal.find((value) => value === text);
  if (found !== undefined) return found;
  throw new BenchError(`--${flag}: unknown value "${text}"`, `legal: ${legal.join(', ')}`);
}
