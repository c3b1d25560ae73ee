// A ready graph on disk: the .onnx file and the files beside it that hold its weights. Its hash is over all of them, so
// that a graph that has changed is another graph; a file outside of its folder is refused.
import { statSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256File, sha256Hex, stableJson } from '../core/hash.ts';
import { readModel, type ModelFacts } from '../onnx/readModel.ts';

export interface GraphFile {
  readonly path: string;
  /** Hash over the file and the files of its weights. */
  readonly sha256: string;
  /** Null if it is no ONNX model as far as can be seen; the runtime has the last word. */
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
  const model = readModel(bytes);
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

function stampOf(path: string, model: ModelFacts | null): string {
  const beside = (model?.externalFiles ?? []).map((location) =>
    fileAt(besideOf(path, location), `it holds weights of ${path} and belongs beside it`),
  );
  const files = [fileAt(path, 'check the path'), ...beside];
  return files.map(({ size, mtimeMs, ino }) => [size, mtimeMs, ino].join('/')).join(' ');
}

function besideOf(path: string, location: string): string {
  const inner = normalize(location);
  if (isAbsolute(inner) || inner === '..' || inner.startsWith(`..${sep}`)) {
    throw new BenchError(
      `${path}: its weights are said to be in "${location}", outside of its folder`,
      'save the graph with its weights beside it',
    );
  }
  return join(dirname(path), inner);
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
