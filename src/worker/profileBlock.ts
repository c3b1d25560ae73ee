// A profile block in its worker process: every variant once over the group's inputs with ONNX Runtime's profiler on,
// for the facts that do not depend on clocks. FLOPs of our own graphs are counted twice, from kept tokens and from the
// shapes that the profiler saw; the row says so if the two disagree. Of a ready graph there is only the second count.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { FlopsParts, ProfileVariant } from '../core/schema/block.ts';
import type { Variant } from '../core/schema/group.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { flopsOf, type TokenCounts } from '../rows/flops.ts';
import { checkFinite, digestOf } from './logits.ts';
import { readProfile } from './profile.ts';
import { loadZoo } from '../zoo/zoo.ts';
import type { EncoderOutput } from '../runtime/session.ts';
import { sum } from '../stats/samples.ts';
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
  return { block: { ...base, wallMs: performance.now(), inputsDigest, variants, doubts: [] }, failures };
}

async function profileVariant(
  job: ProfileJob,
  wanted: ProfileJob['variants'][number],
  loaded: LoadedVariant,
): Promise<ProfileVariant> {
  const logits: Float32Array[] = [];
  const seen: TokenCounts[] = [];
  for (const [input, sequences] of job.inputs.entries()) {
    const output = await loaded.run(input);
    checkFinite(output.logits, input);
    logits.push(output.logits.slice());
    seen.push(tokenCounts(output, sequences));
  }
  const { flops: profiledFlops, uncounted, ...profile } = readProfile(loaded.endProfiling());
  const lengths = job.inputs.flat().map((ids) => ids.length);
  const layers = seen[0]?.kept.length ?? 0;
  return {
    id: loaded.id,
    sequences: lengths.length,
    inputTokens: sum(lengths),
    ...(wanted.reading === undefined ? analytic(job, wanted.variant, seen) : UNKNOWN),
    profiledFlops,
    keptTokens: Array.from({ length: layers }, (_, layer) =>
      sum(seen.flatMap(({ kept }) => kept[layer] ?? [])),
    ),
    ...profile,
    logitsDigest: digestOf(logits),
    ...(uncounted.length === 0 ? {} : { uncounted: [...uncounted] }),
    ...(loaded.fixedLength === null ? {} : { fixedLength: loaded.fixedLength }),
  };
}

type Analytic = Pick<ProfileVariant, 'flops' | 'executedFlops'>;

const UNKNOWN: Analytic = { flops: null, executedFlops: null };

function analytic(
  { group, modelsDir }: ProfileJob,
  variant: Variant,
  seen: readonly TokenCounts[],
): Analytic {
  const model = loadZoo(modelsDir ?? undefined).model(group.model);
  const counted = seen.map((counts) => flopsOf(model, variant, group.provider, counts));
  return {
    flops: addParts(counted.map(({ parts }) => parts)),
    executedFlops: sum(counted.map(({ executed }) => executed)),
  };
}

function tokenCounts(
  { keptTokens, orphans, layers, batch }: EncoderOutput,
  sequences: readonly (readonly number[])[],
): TokenCounts {
  const byLayer = (values: BigInt64Array): number[][] =>
    Array.from({ length: layers }, (_, layer) =>
      Array.from(values.subarray(layer * batch, (layer + 1) * batch), Number),
    );
  const lengths = sequences.map((ids) => ids.length);
  const counts = { lengths, paddedLength: Math.max(...lengths), kept: byLayer(keptTokens) };
  return orphans === undefined ? counts : { ...counts, orphans: byLayer(orphans) };
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
