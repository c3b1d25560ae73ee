// Geometries as models of the zoo. Listing them makes no file: paths, hashes and sizes are known from the declaration.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../core/places.ts';
import { parseEncoderConfig } from '../../graphs/config.ts';
import type { ModelEntry, PointEntry, ZooFile } from '../entry.ts';
import { GEOMETRY_FILE, readGeometry, type GeometryModel } from './data.ts';
import { pointPath } from './points.ts';

const CALIBRATE_COMMAND = 'npm run models -- calibrate-geometry';

/** The declared geometries whose files have been made before. @param directory of the zoo. */
export function geometryEntries(directory: string): ModelEntry[] {
  const path = join(directory, GEOMETRY_FILE);
  if (!existsSync(path)) return [];
  return readGeometry(path).models.flatMap((model) => {
    const { weights } = model;
    return weights === null ? [] : [geometryEntry(directory, { ...model, weights })];
  });
}

/** Where its files are made on first use. */
export function geometryFolder(name: string): string {
  return join(cacheFolder(), 'models', name);
}

/** Where nobody says how long texts are. */
const USUAL_LENGTH = 128;

/** The file for texts of a length: the one whose own length is nearest, as a ratio. */
export function nearest(files: NonNullable<PointEntry['byLength']>, seqLen: number): ZooFile {
  const distance = (one: number): number => Math.abs(Math.log(one / seqLen));
  const [best] = files.toSorted((a, b) => distance(a.seqLen) - distance(b.seqLen));
  if (best === undefined) throw new RangeError('a point without a file');
  return best.file;
}

type Made = GeometryModel & { readonly weights: NonNullable<GeometryModel['weights']> };

export function geometryEntry(directory: string, model: Made): ModelEntry {
  const dir = geometryFolder(model.name);
  const config = parseEncoderConfig(model.config, `${join(directory, GEOMETRY_FILE)}, ${model.name}`);
  const weights = { path: join(dir, 'weights.safetensors'), ...model.weights };
  const training = { command: CALIBRATE_COMMAND, seed: model.seed };
  const points = model.points.map((point): PointEntry => {
    const byLength = point.lengths.map(({ seqLen, sha256, bytes }) => ({
      seqLen: seqLen ?? USUAL_LENGTH,
      file: { path: join(dir, pointPath(point, seqLen)), sha256, bytes },
    }));
    const file = nearest(byLength, USUAL_LENGTH);
    return { name: point.trajectory, method: point.method, file, byLength, metrics: {}, training };
  });
  return {
    name: model.name,
    origin: 'geometry',
    answers: false,
    task: 'none',
    licence: 'n/a',
    base: `random weights, seed ${model.seed}; texts are tokenised by ${model.tokenizer}, since only their lengths matter`,
    dir,
    tokenizerDir: join(directory, model.tokenizer),
    config,
    maxPositions: config.maxPositions,
    weights,
    files: [weights],
    points,
    metrics: {},
    training,
    geometry: model,
  };
}
