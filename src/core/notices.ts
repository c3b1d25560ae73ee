// What a command tells beside its results: progress, notes, where a file was written. All of it goes to stderr and
// through here, so that --quiet can turn it off in one place. Errors are not notices: main.ts prints them.
import { spelled } from './spelling.ts';

let silenced = false;

/** From now on nothing is told. For the whole process: stderr is one, too. */
export function silenceNotices(): void {
  silenced = true;
}

/** For a child process that would write to stderr by itself. */
export function noticesAreSilent(): boolean {
  return silenced;
}

/** One line, unless --quiet was given. */
export function notice(line: string): void {
  if (!silenced) process.stderr.write(`${spelled(line)}\n`);
}

/** Where a progress line is drawn. `columns` and `isTTY` are read at every line: windows change. */
export interface NoticeSink {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** stderr, unless --quiet was given. */
export const noticeSink: NoticeSink = {
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns > 0 ? process.stderr.columns : undefined; // 0: a terminal without a known size
  },
  write(text) {
    return silenced || process.stderr.write(text);
  },
};
