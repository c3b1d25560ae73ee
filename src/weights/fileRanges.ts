// Ranges of a file that need not fit in memory: Node 20 reads no file of more than 2 GiB at once. The file is opened
// anew for each range, so nothing is to be closed; one that was replaced meanwhile is refused rather than mixed.
import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { BenchError, messageOf } from '../core/errors.ts';

export interface FileRanges {
  readonly path: string;
  /** Length of the file. */
  readonly bytes: number;
  /** A copy of the bytes from `begin` up to `end`, in a buffer of their own. */
  read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

/** Most that one call of read(2) takes, and more than any one tensor of an encoder. */
const LARGEST_RANGE = 2 ** 31 - 4096;

/** @throws BenchError if it cannot be read or is no plain file. */
export function fileRanges(path: string): FileRanges {
  const first = tried(path, () => statSync(path));
  // Opening a pipe would wait for a writer.
  if (!first.isFile()) throw new BenchError(`cannot read weights ${path}: not a file`, REMEDY);
  return {
    path,
    bytes: first.size,
    read: (begin, end) => {
      if (end - begin > LARGEST_RANGE) {
        throw new BenchError(
          `${path}: ${end - begin} bytes in one piece`,
          `at most ${LARGEST_RANGE} can be read`,
        );
      }
      return tried(path, () => readRange(path, first, begin, end));
    },
  };
}

const REMEDY = 'check the path of the model';

function readRange(path: string, first: Stats, begin: number, end: number): Uint8Array<ArrayBuffer> {
  const file = openSync(path, 'r');
  try {
    const now = fstatSync(file);
    if (now.size !== first.size || now.mtimeMs !== first.mtimeMs || now.ino !== first.ino) {
      throw new BenchError(`${path} changed while it was being read`, 'give the command again');
    }
    const bytes = new Uint8Array(end - begin);
    for (let done = 0; done < bytes.length;) {
      const count = readSync(file, bytes, done, bytes.length - done, begin + done);
      if (count === 0) throw new BenchError(`${path} ends at byte ${begin + done}`, 'give the command again');
      done += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function tried<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    throw new BenchError(`cannot read weights ${path}: ${messageOf(thrown)}`, REMEDY, { cause: thrown });
  }
}
