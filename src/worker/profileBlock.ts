// A profile block in its worker process: every variant once over the group's inputs with ONNX Runtime's profiler on,
// for the facts that do not depend on clocks. It stores what the graphs told of every sequence, from which rows/ works
// out the analytic FLOPs; the FLOPs of the profile are summed up here, since a profile is megabytes of node shapes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { ProfileVariant } from '../core/schema/block.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { checkFinite, digestOf } from './logits.ts';
import { readProfile } from './profile.ts';
import type { EncoderOutput } from '../runtime/session.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import type { Announce, Failure, ProfileJob, WorkerResult } from './job.ts';

export async function runProfileBlock(job: ProfileJob, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const failures: Failure[] = [];
  const variants: ProfileVariant[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-profile-'));
  try {
    for (const [index, wanted] of job.variants.entries()) {
      const profilePrefix = join(folder, `variant-${index}`);
      const loaded = await loadVariant(job, wanted, announce, failures, { profilePrefix });
      if (loaded === null) continue;
      announce('measure', wanted.id);
      try {
        variants.push(await profileVariant(job, wanted, loaded));
      } catch (thrown) {
        failures.push({ phase: 'measure', variants: [wanted.id], reason: messageOf(thrown) });
      }
      await loaded.release();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { definition, group } = job;
  const base = { schemaVersion: SCHEMA_VERSION, kind: 'profile', definition, startedAt, group } as const;
  const inputsDigest = sha256Hex(stableJson(job.inputs));
  const lengths = job.inputs.map((batch) => batch.map((ids) => ids.length));
  const block = { ...base, wallMs: performance.now(), inputsDigest, lengths, variants, doubts: [] };
  return { block, failures };
}

async function profileVariant(
  job: ProfileJob,
  wanted: ProfileJob['variants'][number],
  loaded: LoadedVariant,
): Promise<ProfileVariant> {
  const logits: Float32Array[] = [];
  const kept: number[][][] = [];
  const orphans: number[][][] = [];
  for (const input of job.inputs.keys()) {
    const output = await loaded.run(input);
    checkFinite(output.logits, input);
    logits.push(output.logits.slice());
    kept.push(byLayer(output, output.keptTokens));
    if (output.orphans !== undefined) orphans.push(byLayer(output, output.orphans));
  }
  const { flops: profiledFlops, uncounted, ...profile } = readProfile(loaded.endProfiling());
  return {
    id: loaded.id,
    flopsModel: wanted.flopsModel,
    kept,
    ...(orphans.length === 0 ? {} : { orphans }),
    profiledFlops,
    ...profile,
    logitsDigest: digestOf(logits),
    ...(uncounted.length === 0 ? {} : { uncounted: [...uncounted] }),
    ...(loaded.fixedLength === null ? {} : { fixedLength: loaded.fixedLength }),
  };
}

/** (layers, batch), row by row, as layer -> sequence. */
function byLayer({ layers, batch }: EncoderOutput, values: BigInt64Array): number[][] {
  return Array.from({ length: layers }, (_, layer) =>
    Array.from(values.subarray(layer * batch, (layer + 1) * batch), Number),
  );
}
