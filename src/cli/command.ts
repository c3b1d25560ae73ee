// What a command is. Each command is one file of this folder; main.ts lists them.
import { EXIT } from '../core/errors.ts';
import { helpOf, parseFlags, type Parsed, type Usage } from './args.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`, made from the flags themselves by `helpOf`. */
  readonly help: string;
  /** @returns the exit code (EXIT in core/errors.ts). Results go to stdout, everything else to stderr. */
  run(argv: readonly string[]): Promise<number>;
}

/** A command from its usage: `--help` is answered here, once for all, and what `run` throws arrives as a rejection. */
export function commandOf<U extends Usage>(
  usage: U,
  run: (parsed: Parsed<U['flags']>) => number | Promise<number>,
): Command {
  const { name, summary } = usage;
  const help = helpOf(usage);
  return {
    name,
    summary,
    help,
    async run(argv) {
      const parsed = parseFlags(usage, argv);
      if (!parsed.help) return run(parsed);
      process.stdout.write(help);
      return EXIT.ok;
    },
  };
}
