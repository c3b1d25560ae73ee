// Which test files run, and which tests in them.
import { parseArgs } from 'node:util';

/** `processes` holds what starts whole runs and takes minutes: files that are called NAME.processes.test.ts. */
export const GROUPS = ['unit', 'processes'] as const;
export type Group = (typeof GROUPS)[number];

export interface Wanted {
  readonly group: Group | null;
  readonly names: readonly string[];
}

export interface Selection {
  /** Lists of files; with a pattern, a list runs only if no test of the lists before it has the name. */
  readonly rounds: readonly (readonly string[])[];
  /** Tests to run in the files; null for all. */
  readonly pattern: RegExp | null;
}

/** @throws Error for an unknown flag or group. */
export function parseWanted(argv: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { group: { type: 'string' } },
    allowPositionals: true,
  });
  const group = GROUPS.find((one) => one === values.group) ?? null;
  if (values.group !== undefined && group === null) {
    throw new Error(`--group takes ${GROUPS.join(' or ')}, not "${values.group}"`);
  }
  return { group, names: positionals };
}

/**
 * Names that are part of a path choose files. The others are names of tests: those files run first whose text has the
 * name, and all others only if no test there has it, since a name may be put together while the file runs.
 */
export function select(
  paths: readonly string[],
  { group, names }: Wanted,
  textOf: (path: string) => string,
): Selection {
  const inGroup = paths.filter((path) => group === null || groupOf(path) === group);
  const [parts, tests] = [names.filter(isPart), names.filter((name) => !isPart(name))];
  const files = inGroup.filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));
  if (tests.length === 0) return { rounds: [files], pattern: null };
  const likely = files.filter((path) => tests.some((name) => textOf(path).includes(name)));
  const others = files.filter((path) => !likely.includes(path));
  const rounds = [likely, others].filter((round) => round.length > 0);
  return { rounds, pattern: new RegExp(tests.map(escaped).join('|')) };

  function isPart(name: string): boolean {
    return inGroup.some((path) => path.includes(name));
  }
}

function groupOf(path: string): Group {
  return path.endsWith('.processes.test.js') ? 'processes' : 'unit';
}

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
