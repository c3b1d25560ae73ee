// A profile block in its worker process: every variant once over the group's inputs with ONNX Runtime's profiler on,
// for the facts that do not depend on clocks. Its FLOPs are counted twice, from kept tokens and from the shapes that
// the profiler saw; the row says so if the two disagree.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { sha256Hex, stableJson } from '../core/hash.ts';
import { SCHEMA_VERSION, type FlopsParts, type ProfileVariant, type Variant } from '../core/schema.ts';
import { flopsOf } from '../measure/flops.ts';
import { checkFinite, digestOf } from '../measure/logits.ts';
import { readProfile } from '../measure/profile.ts';
import { loadZoo, type ModelEntry } from '../models/zoo.ts';
import type { EncoderOutput } from '../runtime/session.ts';
import { sum } from '../stats/samples.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import type { Failure, ProfileTask, WorkerResult } from './task.ts';
import type { Announce } from './worker.ts';

export async function runProfileBlock(task: ProfileTask, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const variants: ProfileVariant[] = [];
  const model = loadZoo(task.modelsDir ?? undefined).model(task.group.model);
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-profile-'));
  try {
    for (const [index, wanted] of task.variants.entries()) {
      const profilePrefix = join(folder, `variant-${index}`);
      const loaded = await loadVariant(task, wanted, announce, failures, { profilePrefix });
      if (loaded === null) continue;
      announce('measure', wanted.id);
      try {
        variants.push(await profileVariant(task, model, wanted.variant, loaded));
      } catch (thrown) {
        failures.push({ phase: 'measure', variants: [wanted.id], reason: messageOf(thrown) });
      }
      await loaded.release();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { definition, group } = task;
  const base = { schemaVersion: SCHEMA_VERSION, kind: 'profile', definition, startedAt, group } as const;
  const inputsDigest = sha256Hex(stableJson(task.inputs));
  return { block: { ...base, wallMs: performance.now(), inputsDigest, variants, doubts: [] }, failures };
}

async function profileVariant(
  task: ProfileTask,
  model: ModelEntry,
  variant: Variant,
  loaded: LoadedVariant,
): Promise<ProfileVariant> {
  const logits: Float32Array[] = [];
  const counted: Counted[] = [];
  for (const [input, sequences] of task.inputs.entries()) {
    const output = await loaded.run(input);
    checkFinite(output.logits, input);
    logits.push(output.logits.slice());
    counted.push(count(task, model, variant, output, sequences));
  }
  const profile = readProfile(loaded.endProfiling());
  const lengths = task.inputs.flat().map((ids) => ids.length);
  const layers = counted[0]?.keptTokens.length ?? 0;
  return {
    id: loaded.id,
    sequences: lengths.length,
    inputTokens: sum(lengths),
    flops: addParts(counted.map(({ parts }) => parts)),
    executedFlops: sum(counted.map(({ executed }) => executed)),
    profiledFlops: profile.flops,
    keptTokens: Array.from({ length: layers }, (_, layer) =>
      sum(counted.map((one) => one.keptTokens[layer] ?? 0)),
    ),
    nodeCounts: profile.nodeCounts,
    opTimeMs: profile.opTimeMs,
    nodeProviders: profile.nodeProviders,
    logitsDigest: digestOf(logits),
  };
}

interface Counted {
  readonly parts: FlopsParts;
  readonly executed: number;
  /** Sum over the batch, by layer. */
  readonly keptTokens: readonly number[];
}

function count(
  { group }: ProfileTask,
  model: ModelEntry,
  variant: Variant,
  { keptTokens, orphans, layers, batch }: EncoderOutput,
  sequences: readonly (readonly number[])[],
): Counted {
  const byLayer = (values: BigInt64Array): number[][] =>
    Array.from({ length: layers }, (_, layer) =>
      Array.from(values.subarray(layer * batch, (layer + 1) * batch), Number),
    );
  const kept = byLayer(keptTokens);
  const lengths = sequences.map((ids) => ids.length);
  const orphaned = orphans === undefined ? {} : { orphans: byLayer(orphans) };
  const counts = { lengths, paddedLength: Math.max(...lengths), kept, ...orphaned };
  return { ...flopsOf(model, variant, group.provider, counts), keptTokens: kept.map(sum) };
}

function addParts(parts: readonly FlopsParts[]): FlopsParts {
  const add = (key: keyof FlopsParts): number => sum(parts.map((one) => one[key]));
  return {
    linear: add('linear'),
    attention: add('attention'),
    predictor: add('predictor'),
    score: add('score'),
    head: add('head'),
    orphan: add('orphan'),
  };
}
