// What a geometry's layers score, seen on the very graphs that are timed, asked to tell their decisions. Layers behind
// the one that is looked at remove all they can, so that they cost next to nothing.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGraph, graphFolder } from '../../zoo/graphCache.ts';
import type { GeometryMethod, GeometryModel } from '../../zoo/geometry/data.ts';
import { pointFile, type Declared } from '../../zoo/geometry/points.ts';
import type { ModelEntry } from '../../zoo/entry.ts';
import { createSession, type EncoderOutput, type EncoderSession } from '../../runtime/session.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import { writeSafetensors } from '../../weights/writeSafetensors.ts';
import type { Judged, Probe } from './follow.ts';
import type { TextBatch } from './texts.ts';

/** Above every score. */
const EVERYTHING = 1e30;
/** Names of what is written on the way, and removed at the end. */
const CANDIDATE = 'candidate';

/** Cuts as the strengths of the method's points. ltp keeps scores of at least the cut; transkimmer those above -bias. */
export function strengthOf(method: Exclude<GeometryMethod, 'topk'>, cut: number | null): number {
  if (method === 'ltp') return cut ?? 0;
  return cut === null ? EVERYTHING : Math.fround(-cut);
}

export type Geometry = ModelEntry & { readonly geometry: GeometryModel };

/** A graph that takes thresholds as an input, for thresholdProbe. @param threads of ONNX Runtime. */
export function openThresholds(entry: Geometry, threads: number): Promise<EncoderSession> {
  return openCandidate(entry, 'ltp', entry.config.layers, () => EVERYTHING, threads);
}

export function thresholdProbe(session: EncoderSession, layers: number, texts: readonly TextBatch[]): Probe {
  return (cuts, layer) => {
    const strengths = Float32Array.from({ length: layers }, (_, index) =>
      index < layer ? Math.max(0, cuts[index] ?? 0) : EVERYTHING,
    );
    return judge(session, texts, layer, (output, counts) => bySlot(output, layer, counts), strengths);
  };
}

/** @param threads of ONNX Runtime. */
export function predictorProbe(entry: Geometry, texts: readonly TextBatch[], threads: number): Probe {
  return async (cuts, layer) => {
    const biasOf = (index: number): number => {
      if (index === layer) return 0;
      if (index > layer) return -EVERYTHING;
      const cut = cuts[index] ?? -Infinity;
      return strengthOf('transkimmer', cut === -Infinity ? null : cut);
    };
    const session = await openCandidate(entry, 'transkimmer', entry.config.layers, biasOf, threads);
    try {
      return await judge(session, texts, layer, (output, counts) => byRow(output, layer, counts));
    } finally {
      await session.release();
    }
  };
}

async function openCandidate(
  entry: Geometry,
  method: Exclude<GeometryMethod, 'topk'>,
  layers: number,
  strengthAt: (layer: number) => number,
  threads: number,
): Promise<EncoderSession> {
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-geometry-'));
  try {
    const strengths = Array.from({ length: layers }, (_, layer) => strengthAt(layer));
    const point: Declared = { method, trajectory: 'paper', strengths };
    const { tensors, metadata } = pointFile(entry.geometry, entry.config, entry.weights.sha256, point);
    const path = join(folder, 'point.safetensors');
    const { sha256 } = await writeSafetensors(path, tensors, metadata);
    const options = { decisions: true, strengthInput: true };
    const candidate = { name: CANDIDATE, file: readSafetensors(path), sha256 };
    const graph = await ensureGraph(entry, { method, point: null }, { ...options, point: candidate });
    return await createSession(graph, { provider: 'cpu', threads });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeCandidates(entry.name);
  }
}

/** A session has read its files when it is there. */
function removeCandidates(model: string): void {
  const own = readdirSync(graphFolder()).filter(
    (name) => name.startsWith(`${model}.`) && name.split('.').includes(CANDIDATE),
  );
  for (const name of own) rmSync(join(graphFolder(), name), { force: true });
}

type Reader = (output: EncoderOutput, counts: readonly number[]) => Float32Array[];

/** @param read scores by text, given how many tokens of each entered the layer. */
async function judge(
  session: EncoderSession,
  texts: readonly TextBatch[],
  layer: number,
  read: Reader,
  strengths?: Float32Array,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const { inputs, lengths, weight } of texts) {
    const output = await session.run(
      session.prepare(strengths === undefined ? inputs : { ...inputs, strengths }),
    );
    const counts = layer === 0 ? lengths : aliveAfter(output, layer - 1);
    const scores = read(output, counts);
    judged.push(
      ...lengths.map((tokens, text) => ({ tokens, weight, scores: scores[text] ?? new Float32Array(0) })),
    );
  }
  return judged;
}

export function aliveAfter({ keptTokens, batch }: EncoderOutput, layer: number): number[] {
  return Array.from(keptTokens.subarray(layer * batch, (layer + 1) * batch), Number);
}

/** Reads float [B, longest]; [CLS] is slot 0. */
function bySlot(output: EncoderOutput, layer: number, counts: readonly number[]): Float32Array[] {
  const scores = scoresOf(output, layer);
  const longest = Math.max(...counts);
  return counts.map((count, text) => scores.slice(text * longest + 1, text * longest + count));
}

/** Reads float [T], text after text. */
function byRow(output: EncoderOutput, layer: number, counts: readonly number[]): Float32Array[] {
  const scores = scoresOf(output, layer);
  let start = 0;
  return counts.map((count) => {
    const own = scores.slice(start + 1, start + count);
    start += count;
    return own;
  });
}

function scoresOf({ told }: EncoderOutput, layer: number): Float32Array {
  const scores = told?.get(`score.${layer}`);
  if (scores instanceof Float32Array) return scores;
  throw new Error(`the graph does not tell the scores of layer ${layer}`);
}
