// Brings the official GLUE copy of a task into a local folder. Nothing else in the program opens a connection. An
// archive is accepted only by its hash (tasks/table.ts), which TensorFlow Datasets and Hugging Face's GLUE records give.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic, writeJsonAtomic } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Archive } from './tasks/table.ts';
import { readZipEntry } from './zip.ts';

/** Written last: its presence says that the files beside it are whole. */
const RECORD = 'source.json';
/** Enough for the largest archive, MNLI: 300 MB on a slow line. */
const TIMEOUT_MS = 1_800_000;

export function isFetched(folder: string): boolean {
  return existsSync(join(folder, RECORD));
}

/**
 * @param files of the archive that are wanted.
 * @param local a copy of the archive on this machine, or null to download it.
 */
export async function fetchArchive(
  folder: string,
  archive: Archive,
  files: readonly string[],
  local: string | null,
): Promise<void> {
  const bytes = local === null ? await download(archive.url) : readLocal(local);
  const from = local ?? archive.url;
  const found = sha256Hex(bytes);
  if (found !== archive.sha256) {
    throw new BenchError(
      `${from}: sha256 ${found} instead of ${archive.sha256}, nothing was kept`,
      'the download was altered or cut short: try again, or use a copy of your own with --data DIR',
    );
  }
  for (const file of files)
    writeFileAtomic(join(folder, file), readZipEntry(bytes, `${archive.folder}/${file}`, from));
  writeJsonAtomic(join(folder, RECORD), { ...archive, fetchedAt: new Date().toISOString() });
}

function readLocal(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new BenchError(`--from: cannot read ${path}: ${messageOf(thrown)}`, 'check the path', {
      cause: thrown,
    });
  }
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (thrown) {
    throw new BenchError(
      `cannot download ${url}: ${reasonOf(thrown)}`,
      'without a network: bring the archive by hand and pass --from FILE, or pass --data DIR to the commands',
      { cause: thrown },
    );
  }
}

/** fetch says only "fetch failed"; what happened is in the cause (seen in Node 20). */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const inner = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : '') : '';
  return inner === '' ? messageOf(thrown) : `${messageOf(thrown)}: ${inner}`;
}
