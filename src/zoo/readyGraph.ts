// A ready graph on disk: the .onnx file and the files beside it that hold its weights. Its hash is over all of them, so
// that a graph that has changed is another graph. A file outside of its folder is refused, and so is a graph that cannot be
// followed to all its files: a hash over a part of it would call two graphs the same.
import { realpathSync, statSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256File, sha256Hex, stableJson } from '../core/hash.ts';
import { foreignFile } from '../core/foreignFile.ts';
import { readModel, type ModelFacts } from '../onnx/readModel.ts';
import { WireError } from '../onnx/wire.ts';

export interface GraphFile {
  readonly path: string;
  /** Hash over the file and the files of its weights. */
  readonly sha256: string;
  /** Null of a file in ONNX Runtime's own format, which has no files beside it. */
  readonly model: ModelFacts | null;
}

interface Known {
  readonly file: GraphFile;
  /** Sizes and times of all its files. */
  readonly stamp: string;
}

const known = new Map<string, Known>();

/** Read once, and again when it has changed. @throws BenchError if it or a file of its weights is not there. */
export async function readGraphFile(path: string): Promise<GraphFile> {
  const last = known.get(path);
  if (last !== undefined && last.stamp === stampOf(path, last.file.model)) return last.file;
  fileAt(path, 'check the path');
  const bytes = await readBytes(path);
  const model = factsOf(path, bytes);
  const stamp = stampOf(path, model);
  const own = sha256Hex(bytes);
  const beside = [];
  for (const location of model?.externalFiles ?? []) {
    beside.push([location, await sha256File(besideOf(path, location))]);
  }
  const sha256 = beside.length === 0 ? own : sha256Hex(stableJson([own, ...beside]));
  const file = { path, sha256, model };
  known.set(path, { file, stamp });
  return file;
}

/** Identifier of ONNX Runtime's own format (a flat buffer), at byte 4. */
const ORT_FORMAT = 'ORTM';

function factsOf(path: string, bytes: Uint8Array): ModelFacts | null {
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === ORT_FORMAT) return null;
  try {
    return readModel(bytes);
  } catch (thrown) {
    if (!(thrown instanceof WireError)) throw thrown;
    throw (
      foreignFile(path, bytes) ??
      new BenchError(
        `${path} is no ONNX model that can be followed: ${thrown.message}`,
        'fetch or export it anew; python -c "import onnx; onnx.checker.check_model(\'FILE\')" says what is wrong',
        { cause: thrown },
      )
    );
  }
}

function stampOf(path: string, model: ModelFacts | null): string {
  const beside = (model?.externalFiles ?? []).map((location) =>
    fileAt(besideOf(path, location), `it holds weights of ${path} and belongs beside it`),
  );
  const files = [fileAt(path, 'check the path'), ...beside];
  return files.map(({ size, mtimeMs, ino }) => [size, mtimeMs, ino].join('/')).join(' ');
}

/**
 * As ONNX Runtime has it: looked for beside the path that was given; it may lie behind a link in the folder of that path
 * or of the file behind it (the hub's cache has both in one folder of blobs), and nowhere else.
 */
function besideOf(path: string, location: string): string {
  const inner = normalize(location);
  const beside = join(dirname(path), inner);
  if (isAbsolute(location) || inner === '..' || inner.startsWith(`..${sep}`)) throw outside(path, location);
  const real = realOf(beside);
  const folders = [realOf(dirname(path)), dirname(realOf(path))];
  if (!folders.some((folder) => real.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    throw outside(path, location, real);
  }
  return beside;
}

/** The path itself if there is nothing: reading it will say so. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path.startsWith(sep) && dirname(path) !== path
      ? join(realOf(dirname(path)), basename(path))
      : path;
  }
}

function outside(path: string, location: string, real = location): BenchError {
  const where = real === location ? '' : ` (a link to ${real})`;
  return new BenchError(
    `${path}: its weights are said to be in "${location}"${where}, outside of its folder, which ONNX Runtime refuses`,
    'save the graph with its weights beside it, or copy the file there',
  );
}

function fileAt(path: string, hint: string): Stats {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return stats;
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, hint, { cause: thrown });
  }
  throw new BenchError(`${path} is not a file`, hint);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, 'check the path', { cause: thrown });
  }
}
