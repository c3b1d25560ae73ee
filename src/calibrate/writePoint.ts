// The result on disk: a safetensors file with the strengths and what they belong to, then its entry in the local manifest.
// The file is whole before the manifest names it, and holds no date, so the same search gives the same bytes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { localModelsFolder } from '../core/places.ts';
import type { Metrics } from '../zoo/manifest.ts';
import { registerPoint } from '../zoo/localZoo.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { floatTensor, writeSafetensors } from '../weights/writeSafetensors.ts';
import { POINT_METADATA, strengthTensor } from './point.ts';
import type { CalibratedMethod } from './strengthMap.ts';

export interface PointToWrite {
  readonly method: CalibratedMethod;
  readonly name: string;
  readonly task: string;
  readonly strengths: readonly number[];
  /** The very command that made it. */
  readonly command: string;
  readonly seed: number;
  /** What was asked for and what was reached, for people. */
  readonly facts: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
}

/** @throws BenchError if the model has the point already, unless it is one of this machine and `force` says to replace it. */
export function assertFree(entry: ModelEntry, method: CalibratedMethod, name: string, force: boolean): void {
  if (!/^[\w.%+-]+$/.test(name)) {
    throw new BenchError(
      `--point: "${name}" cannot be the name of a point`,
      'use letters, digits, ., -, _ and +',
    );
  }
  const known = entry.points.find((point) => point.method === method && point.name === name);
  if (known === undefined) return;
  if (!known.file.path.startsWith(localModelsFolder())) {
    throw new BenchError(
      `${entry.name} ships with a point ${method}:${name}`,
      'choose another name with --point',
    );
  }
  if (!force) {
    throw new BenchError(
      `${entry.name} already has a point ${method}:${name}`,
      'add --force, or choose another name with --point',
    );
  }
}

/** @returns the path of the file. */
export async function writePoint(entry: ModelEntry, point: PointToWrite): Promise<string> {
  const folder = localModelsFolder();
  const file = join('points', entry.name, `${point.method}.${point.name}.safetensors`);
  const path = join(folder, file);
  const strengths = Float32Array.from(point.strengths);
  const tensor = floatTensor(strengthTensor(point.method), [strengths.length], strengths);
  const { method, name, task, command, seed, metrics } = point;
  const metadata = {
    ...point.facts,
    ...POINT_METADATA,
    ...{ format: 'token-pruning-point', version: '1', method, point: name, model: entry.name, task },
    ...{ base_sha256: entry.weights.sha256, seed: String(seed), command },
  };
  const written = await writeSafetensors(path, [tensor], metadata);
  try {
    const training = { command, seed };
    registerPoint({ model: entry.name, name, method, file, ...written, training, metrics }, folder);
  } catch (thrown) {
    rmSync(path, { force: true });
    throw thrown;
  }
  return path;
}
