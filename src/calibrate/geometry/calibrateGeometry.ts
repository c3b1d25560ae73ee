// Makes a geometry and the points of all its trajectories, and records what was made: hashes of the weights and point
// files, and the strengths. Held-out texts then say how near the kept tokens are to the trajectory at every length.
import { join } from 'node:path';
import { ensureGraph } from '../../zoo/graphCache.ts';
import { parseEncoderConfig } from '../../graphs/config.ts';
import {
  GEOMETRY_METHODS,
  streamOf,
  type GeometryMethod,
  type GeometryModel,
  type GeometryPoint,
  type GeometryStrengths,
} from '../../zoo/geometry/data.ts';
import { geometryEntry, geometryFolder } from '../../zoo/geometry/entries.ts';
import { writeWeights, type Say } from '../../zoo/geometry/making.ts';
import { pointFile, pointPath } from '../../zoo/geometry/points.ts';
import { keptShares, TRAJECTORIES, type TrajectoryName } from '../../zoo/geometry/trajectory.ts';
import { tokenizerOf } from '../../zoo/tokenizerOf.ts';
import type { ModelEntry } from '../../zoo/entry.ts';
import { createSession, type EncoderSession } from '../../runtime/session.ts';
import { mean } from '../../stats/samples.ts';
import { writeSafetensors } from '../../weights/writeSafetensors.ts';
import { followShares } from './follow.ts';
import {
  aliveAfter,
  openThresholds,
  predictorProbe,
  strengthOf,
  thresholdProbe,
  type Geometry,
} from './probes.ts';
import { calibrationTexts, type TextBatch } from './texts.ts';

export interface CalibrationOptions {
  readonly threads: number;
  /** Texts by sequence length; those of texts.ts if left out. */
  readonly counts?: Readonly<Record<number, number>>;
  readonly say: Say;
  /** Given the declaration with every point found so far. */
  readonly keep: (model: GeometryModel) => void;
}

/**
 * Points that are recorded stay if the weights are still the same: to find one anew, take it out of the file.
 * @param directory of the zoo, for the tokenizer. @returns the declaration with everything recorded.
 */
export async function calibrateGeometry(
  directory: string,
  declared: GeometryModel,
  { threads, counts, say, keep }: CalibrationOptions,
): Promise<GeometryModel> {
  const config = parseEncoderConfig(declared.config, declared.name);
  const path = join(geometryFolder(declared.name), 'weights.safetensors');
  const weights = await writeWeights(path, declared, config);
  const same = declared.weights?.sha256 === weights.sha256;
  let model = { ...declared, weights, points: same ? declared.points : [] };
  const bare = geometryEntry(directory, model);
  const texts = calibrationTexts(tokenizerOf(bare), streamOf(model), counts);
  for (const trajectory of TRAJECTORIES) {
    for (const method of GEOMETRY_METHODS) {
      if (model.points.some((point) => point.method === method && point.trajectory === trajectory)) continue;
      const shares = keptShares(trajectory, config);
      const found = await strengthsOf(method, { ...bare, geometry: model }, shares, texts, threads);
      const lengths: GeometryStrengths[] = [];
      for (const one of found) lengths.push(await record(model, bare, { method, trajectory }, one));
      model = { ...model, points: inOrder([...model.points, { method, trajectory, lengths }]) };
      keep(model);
      for (const { seqLen, strengths } of lengths) {
        const values = strengths.map((value) => value.toPrecision(4)).join(' ');
        say(`${model.name} ${method}:${trajectory} ${seqLen ?? 'all lengths'}: ${values}`);
      }
    }
  }
  return model;
}

/** As they are listed: the trajectories' order first, since a method's first point is its main one. */
function inOrder(points: readonly GeometryPoint[]): GeometryPoint[] {
  const place = ({ trajectory, method }: GeometryPoint): number =>
    TRAJECTORIES.indexOf(trajectory) * GEOMETRY_METHODS.length + GEOMETRY_METHODS.indexOf(method);
  return points.toSorted((a, b) => place(a) - place(b));
}

type Found = Pick<GeometryStrengths, 'seqLen' | 'strengths'>;

/** Thresholds by length, see data.ts. Keep rates and predictors look at no other token, so one set serves all. */
async function strengthsOf(
  method: GeometryMethod,
  entry: Geometry,
  shares: readonly number[],
  texts: readonly TextBatch[],
  threads: number,
): Promise<Found[]> {
  switch (method) {
    case 'topk':
      return [{ seqLen: null, strengths: shares.map((share) => Number(share.toFixed(4))) }];
    case 'transkimmer': {
      const cuts = await followShares(shares, predictorProbe(entry, texts, threads));
      return [{ seqLen: null, strengths: cuts.map((cut) => strengthOf(method, cut)) }];
    }
    case 'ltp':
      return thresholdsByLength(entry, shares, texts, threads);
  }
}

async function thresholdsByLength(
  entry: Geometry,
  shares: readonly number[],
  texts: readonly TextBatch[],
  threads: number,
): Promise<Found[]> {
  const session = await openThresholds(entry, threads);
  try {
    const found: Found[] = [];
    for (const [seqLen, own] of byLength(texts)) {
      const cuts = await followShares(shares, thresholdProbe(session, entry.config.layers, own));
      found.push({ seqLen, strengths: cuts.map((cut) => strengthOf('ltp', cut)) });
    }
    return found;
  } finally {
    await session.release();
  }
}

function byLength(texts: readonly TextBatch[]): (readonly [number, TextBatch[]])[] {
  const lengths = [...new Set(texts.map(({ seqLen }) => seqLen))];
  return lengths.map((length) => [length, texts.filter(({ seqLen }) => seqLen === length)]);
}

async function record(
  model: GeometryModel,
  { config, dir, weights }: ModelEntry,
  point: Pick<GeometryPoint, 'method' | 'trajectory'>,
  { seqLen, strengths }: Found,
): Promise<GeometryStrengths> {
  const { tensors, metadata } = pointFile(model, config, weights.sha256, { ...point, strengths });
  const path = join(dir, pointPath(point, seqLen));
  return { seqLen, strengths, ...(await writeSafetensors(path, tensors, metadata)) };
}

export interface LengthCheck {
  readonly seqLen: number;
  /** Mean share of the input kept after each layer. */
  readonly shares: readonly number[];
  /** Largest distance from the trajectory, a share of the input. */
  readonly worst: number;
  /** Over texts, of the share kept after the layer where it is largest. */
  readonly deviation: number;
}

/** Other texts than those that points are calibrated on. */
export function heldOutTexts(entry: ModelEntry, counts?: CalibrationOptions['counts']): TextBatch[] {
  return calibrationTexts(tokenizerOf(entry), 'held-out', counts);
}

/** What a point keeps, length by length. */
export async function checkPoint(
  entry: ModelEntry,
  method: GeometryMethod,
  trajectory: TrajectoryName,
  texts: readonly TextBatch[],
  threads: number,
): Promise<LengthCheck[]> {
  const wanted = keptShares(trajectory, entry.config);
  const checks: LengthCheck[] = [];
  for (const [seqLen, own] of byLength(texts)) {
    const graph = await ensureGraph(entry, { method, point: trajectory }, { seqLen });
    const session = await createSession(graph, { provider: 'cpu', threads });
    try {
      checks.push(compare(seqLen, await sharesByText(session, own), wanted));
    } finally {
      await session.release();
    }
  }
  return checks;
}

/** Text by layer, shares of the text. */
async function sharesByText(session: EncoderSession, texts: readonly TextBatch[]): Promise<number[][]> {
  const kept: number[][] = [];
  for (const { inputs, lengths } of texts) {
    const output = await session.run(session.prepare(inputs));
    const layers = Array.from({ length: output.layers }, (_, layer) => aliveAfter(output, layer));
    kept.push(...lengths.map((tokens, text) => layers.map((alive) => (alive[text] ?? 0) / tokens)));
  }
  return kept;
}

function compare(
  seqLen: number,
  byText: readonly (readonly number[])[],
  wanted: readonly number[],
): LengthCheck {
  const layers = wanted.map((_, layer) => byText.map((shares) => shares[layer] ?? 0));
  const shares = layers.map(mean);
  const deviations = layers.map((values) =>
    Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2))),
  );
  const worst = Math.max(...shares.map((share, layer) => Math.abs(share - (wanted[layer] ?? 0))));
  return { seqLen, shares, worst, deviation: Math.max(...deviations) };
}
