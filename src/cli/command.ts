// What a command is. Each command is one file of this folder; main.ts lists them. A command may be a family of
// sub-commands, e.g. `models import`, each of which is a command again.
import { BenchError, EXIT } from '../core/errors.ts';
import { notice, silenceNotices } from '../core/notices.ts';
import { spelled } from '../core/spelling.ts';
import { hintFor } from '../core/suggestion.ts';
import { parseFlags, type Parsed, type Usage } from './args.ts';
import { columns, helpOf, wrapped } from './help.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`, made from the flags themselves by `helpOf`. */
  readonly help: string;
  /** Of a family. */
  readonly subcommands?: readonly Command[];
  /** @returns the exit code (EXIT in core/errors.ts). Results go to stdout, everything else to stderr. */
  run(argv: readonly string[]): Promise<number>;
}

/**
 * A command from its usage: `--help`, `--quiet` and former names of flags are answered here, once for all, and what
 * `run` throws arrives as a rejection.
 */
export function commandOf<U extends Usage>(
  usage: U,
  run: (parsed: Parsed<U['flags']>, argv: readonly string[]) => number | Promise<number>,
): Command {
  const { name, summary } = usage;
  const help = helpOf(usage);
  return {
    name,
    summary,
    help,
    async run(argv) {
      const parsed = parseFlags(usage, argv);
      if (parsed.help) {
        process.stdout.write(help);
        return EXIT.ok;
      }
      if (parsed.quiet) silenceNotices();
      for (const line of parsed.outdated) notice(line);
      return run(parsed, argv);
    },
  };
}

/** What `--json` prints: alone on stdout, so that another program can read it. */
export function jsonText(result: unknown): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** Sub-commands under one name. @param usual the one that is meant where none is named. */
export function familyOf(
  { name, summary }: Pick<Command, 'name' | 'summary'>,
  subcommands: readonly Command[],
  usual: Command,
): Command {
  const shortName = (command: Command): string => command.name.slice(name.length + 1);
  const names = subcommands.map(shortName);
  const width = Math.max(...names.map((one) => one.length));
  const rows = subcommands.map((one) => [shortName(one), one.summary] as const);
  const help = [
    ...wrapped(summary),
    '',
    spelled(`Usage: npm run ${name} -- COMMAND [flags]`),
    '',
    'Commands:',
    ...columns(rows, width),
    '',
    ...wrapped(`Each has its own --help. Without a command, ${shortName(usual)} is meant.`),
    '',
  ].join('\n');
  return {
    name,
    summary,
    help,
    subcommands,
    async run(argv) {
      const [word, ...rest] = argv;
      if (word === '-h' || word === '--help') {
        process.stdout.write(help);
        return EXIT.ok;
      }
      if (word === undefined || word.startsWith('-')) return usual.run(argv);
      const found = subcommands.find((command) => shortName(command) === word);
      if (found !== undefined) return found.run(rest);
      throw new BenchError(`${name}: unknown command "${word}"`, hintFor(word, names));
    },
  };
}
