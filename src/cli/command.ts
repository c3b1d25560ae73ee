// What a command is. Each command is one file of this folder; main.ts lists them.

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`, made from the flags themselves by `helpOf`. */
  readonly help: string;
  /** @returns the exit code (EXIT in core/errors.ts). Results go to stdout, everything else to stderr. */
  run(argv: readonly string[]): Promise<number>;
}
