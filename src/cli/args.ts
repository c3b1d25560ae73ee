// Flags declared once: parsing, the errors about them, the names they once had and the text of --help (help.ts) all come
// from the same literals. node:util's parseArgs cuts the words; what they may be is decided here.
import { parseArgs } from 'node:util';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError } from '../core/errors.ts';
import { nearest, unknownValue } from '../core/suggestion.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  /** May be given several times; of string flags only. */
  readonly multiple?: true;
  readonly short?: string;
  /** What stands for the value in the help, e.g. `LIST`; of string flags only. */
  readonly value?: string;
  /** The value is a path, meant from where the caller stands: parsing makes it absolute. */
  readonly path?: true;
  /** Of boolean flags: a lone `-` may follow, for "to standard output", which is where the flag writes anyway. */
  readonly dash?: true;
  /** The name in the version before, which is still read. `when`: two flags had that name, and it is this one if so. */
  readonly formerly?: { readonly name: string; readonly when?: (given: Given) => boolean };
  readonly help: string;
}
export type Flags = Readonly<Record<string, Flag>>;

/** Flags by their names as they were written. */
export type Given = ReadonlyMap<string, string | true>;

export interface Usage {
  /** As `npm run` knows it; of a sub-command with the command before it: `models import`. */
  readonly name: string;
  readonly summary: string;
  /** What may stand behind the flags, e.g. `RUN`; none if absent. */
  readonly operands?: string;
  readonly flags: Flags;
  /** The same flags under headings, those most used first; without headings if absent. */
  readonly groups?: Readonly<Record<string, Flags>>;
  /** Paragraphs after the flags; each is wrapped. */
  readonly notes?: readonly string[];
  /** What is written after `npm run`, e.g. `bench -- --list`; printed as they are. */
  readonly examples?: readonly string[];
}

export interface Parsed<F extends Flags> {
  readonly values: { readonly [K in keyof F]?: ValueOf<F[K]> };
  readonly operands: readonly string[];
  /** -h or --help was given; the caller prints the help and leaves. */
  readonly help: boolean;
  /** -q or --quiet was given. */
  readonly quiet: boolean;
  /** A line for each flag that was called by its former name. */
  readonly outdated: readonly string[];
}

type ValueOf<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** Flags of every command. */
export const EVERYWHERE = {
  quiet: { type: 'boolean', short: 'q', help: 'print nothing on stderr but errors' },
  help: { type: 'boolean', short: 'h', help: 'print this and leave' },
} as const satisfies Flags;

/** Of commands that have their results as JSON too. */
export const JSON_FLAG = {
  json: { type: 'boolean', dash: true, help: 'print the result as JSON, and nothing else on stdout' },
} as const satisfies Flags;

export function parseFlags<U extends Usage>(usage: U, argv: readonly string[]): Parsed<U['flags']> {
  const flags: Flags = { ...usage.flags, ...EVERYWHERE };
  const words = wordsOf(flags, argv);
  const help = words.options.some(({ name }) => name === 'help');
  if (help) return { values: {}, operands: [], help, quiet: false, outdated: [] };
  for (const option of words.options) checkOption(usage, flags, option);
  const given: Given = new Map(words.options.map(({ name, value }) => [name, value ?? true]));
  const outdated: string[] = [];
  const values: Record<string, string | boolean | string[]> = {};
  for (const { name, rawName, value } of words.options) {
    const now = currentName(flags, name, given);
    if (now !== name) {
      if (given.has(now) && flags[now]?.multiple !== true)
        throw new BenchError(`--${name} is now --${now}, and both are given`, `--${now}`);
      outdated.push(`${rawName} is now --${now}; the old name goes with the next version`);
    }
    const flag = flags[now];
    const read = value !== undefined && flag?.path === true ? fromCaller(value) : (value ?? true);
    const earlier = values[now];
    values[now] = flag?.multiple === true ? [...(Array.isArray(earlier) ? earlier : []), String(read)] : read;
  }
  const { quiet, ...own } = values;
  const operands = operandsOf(usage, words);
  // Every value was checked against the type that its flag declares.
  return { values: own as Parsed<U['flags']>['values'], operands, help, quiet: quiet === true, outdated };
}

interface Option {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

interface Words {
  readonly options: readonly Option[];
  readonly operands: readonly string[];
}

function wordsOf(flags: Flags, argv: readonly string[]): Words {
  const options = Object.fromEntries(
    Object.entries(flags).flatMap(([name, { type, short, formerly }]) => [
      [name, { type, ...(short === undefined ? {} : { short }) }],
      ...(formerly === undefined ? [] : [[formerly.name, { type }]]),
    ]),
  ) as Record<string, { type: Flag['type']; short?: string }>; // pairs of just that
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const dashes = new Set(
    tokens.flatMap((token) =>
      token.kind === 'option' && flags[token.name]?.dash === true ? [token.index + 1] : [],
    ),
  );
  return {
    options: tokens.flatMap((token) =>
      token.kind === 'option'
        ? [
            {
              name: token.name,
              rawName: token.rawName,
              value: token.value,
              inline: token.inlineValue === true,
            },
          ]
        : [],
    ),
    operands: tokens.flatMap((token) =>
      token.kind === 'positional' && !(token.value === '-' && dashes.has(token.index)) ? [token.value] : [],
    ),
  };
}

/** The flag that `name` means: itself, or the one that was once called so. */
function currentName(flags: Flags, name: string, given: Given): string {
  if (Object.hasOwn(flags, name)) return name;
  const heirs = Object.entries(flags).filter(([, { formerly }]) => formerly?.name === name);
  const [heir] =
    heirs.find(([, { formerly }]) => formerly?.when?.(given) === true) ??
    heirs.find(([, { formerly }]) => formerly?.when === undefined) ??
    [];
  return heir ?? name;
}

function checkOption(usage: Usage, flags: Flags, { name, rawName, value, inline }: Option): void {
  const known = Object.keys(flags);
  const flag = flags[name] ?? Object.values(flags).find(({ formerly }) => formerly?.name === name);
  if (flag === undefined) {
    const near = rawName.startsWith('--') ? nearest(name, known) : undefined;
    const meant = near === undefined ? '' : `did you mean --${near}? `;
    throw new BenchError(
      `${usage.name}: unknown flag ${rawName}`,
      `${meant}npm run ${usage.name} -- --help lists them`,
    );
  }
  if (flag.type === 'boolean') {
    if (value === undefined) return;
    throw new BenchError(`${usage.name}: ${rawName} takes no value, not "${value}"`, rawName);
  }
  const form = `${rawName} ${flag.value ?? 'VALUE'}`;
  if (value === undefined || value === '')
    throw new BenchError(`${usage.name}: ${rawName} needs a value`, form);
  // As with parseArgs in its strict mode: a flag behind a flag is far more often a forgotten value.
  if (inline || !/^-./.test(value)) return;
  throw new BenchError(
    `${usage.name}: ${rawName} needs a value, and ${value} looks like a flag`,
    `${form}, or ${rawName}=${value} if that is the value`,
  );
}

function operandsOf(usage: Usage, { operands }: Words): readonly string[] {
  const [stray] = operands;
  if (usage.operands !== undefined || stray === undefined) return operands;
  const near = nearest(stray, Object.keys(usage.flags));
  throw new BenchError(
    `${usage.name} takes flags only, not "${stray}"`,
    near === undefined ? `npm run ${usage.name} -- --help` : `did you mean --${near}?`,
  );
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
  throw unknownValue(flag, text, legal);
}
