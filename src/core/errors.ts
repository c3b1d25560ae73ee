// The one error type for what a user can act on. Its message is one line that names the offending value
// and the remedy; cli/main.ts prints it and leaves with `exitCode`. Anything else that is thrown is a
// defect of ours and is allowed to crash.

/** Exit codes of every command: 0 fine, 1 some cells failed, 2 wrong usage or input, 3 gate tripped, 130 Ctrl-C. */
export const EXIT = { ok: 0, failedCells: 1, usage: 2, gate: 3, interrupted: 130 } as const;

export class BenchError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;

  /** @param message what was wrong and where. @param hint the flag, file or command that mends it. */
  constructor(message: string, hint?: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BenchError';
    this.hint = hint;
    this.exitCode = options?.exitCode ?? EXIT.usage;
  }

  /** The line shown to the user. */
  get line(): string {
    const text = this.hint === undefined ? this.message : `${this.message} (${this.hint})`;
    return text.replaceAll(/\s*\n\s*/g, ' ');
  }
}

/** The message of anything thrown, on one line. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof BenchError) return thrown.line;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
