// Makes the files of a geometry on first use, in the cache folder. Made bytes are held to the recorded hash: other bytes
// would be another model, so that is an error; a file that was damaged since is made anew.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../core/atomicFile.ts';
import { BenchError } from '../../core/errors.ts';
import { notice } from '../../core/notices.ts';
import { CACHE_VARIABLE } from '../../core/places.ts';
import { writeSafetensors, type WrittenFile } from '../../weights/writeSafetensors.ts';
import type { EncoderConfig } from '../../graphs/config.ts';
import type { ModelEntry, PointEntry, ZooFile } from '../entry.ts';
import { streamOf, type GeometryModel } from './data.ts';
import { pointFile } from './points.ts';
import { randomWeights } from './weights.ts';

/** What people see while it takes seconds. */
export type Say = (line: string) => void;

/** @throws BenchError without room for it, or if what was made is not what was recorded. */
export async function makeGeometryWeights(entry: ModelEntry, say: Say = notice): Promise<void> {
  const model = geometryOf(entry);
  const start = performance.now();
  checkRoom(entry, freeBytes(dirname(entry.weights.path)));
  say(`${entry.name}: making ${megabytes(entry.weights.bytes)} of random weights (once) ...`);
  const written = await writeWeights(entry.weights.path, model, entry.config);
  checkMade(entry.weights, written);
  say(`${entry.name}: made in ${((performance.now() - start) / 1000).toFixed(1)} s, ${entry.weights.path}`);
}

/** @param file one of the point's. */
export async function makeGeometryPoint(
  entry: ModelEntry,
  { method, name }: PointEntry,
  file: ZooFile,
): Promise<void> {
  const model = geometryOf(entry);
  const point = model.points.find((one) => one.method === method && one.trajectory === name);
  const declared = point?.lengths.find(({ sha256 }) => sha256 === file.sha256);
  if (point === undefined || declared === undefined) {
    throw new BenchError(`${entry.name} declares no point "${name}" of ${method} with that file`);
  }
  const { strengths } = declared;
  const { tensors, metadata } = pointFile(model, entry.config, entry.weights.sha256, { ...point, strengths });
  checkMade(file, await writeSafetensors(file.path, tensors, metadata));
}

/** As declared, whatever has been recorded of it. */
export function writeWeights(
  path: string,
  model: GeometryModel,
  config: EncoderConfig,
): Promise<WrittenFile> {
  const tensors = randomWeights(config, model.spread, streamOf(model));
  return writeSafetensors(path, tensors, { model: model.name, seed: String(model.seed) });
}

function geometryOf({ name, geometry }: ModelEntry): GeometryModel {
  if (geometry === undefined) throw new TypeError(`${name} is no geometry`);
  return geometry;
}

/** Graphs read a second copy, laid out for mapping. */
const COPIES = 2;

/** @throws BenchError naming what is needed and what there is. */
export function checkRoom({ name, weights }: Pick<ModelEntry, 'name' | 'weights'>, free: number): void {
  const needed = COPIES * weights.bytes;
  if (free >= needed) return;
  throw new BenchError(
    `${name} needs ${megabytes(needed)} in ${dirname(weights.path)}, where ${megabytes(free)} are free`,
    `make room, or set ${CACHE_VARIABLE} to a folder with room`,
  );
}

function freeBytes(folder: string): number {
  makeFolder(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function checkMade(wanted: ZooFile, { sha256, bytes }: WrittenFile): void {
  if (sha256 === wanted.sha256 && bytes === wanted.bytes) return;
  throw new BenchError(
    `${wanted.path} was made with other bytes than recorded (${sha256.slice(0, 12)}…, not ${wanted.sha256.slice(0, 12)}…)`,
    'models/geometry.json was changed by hand; restore it, or record it anew: npm run models -- calibrate-geometry',
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
