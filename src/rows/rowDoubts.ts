// Reasons to distrust a row, found by holding its blocks against each other. Each is a value with an advice; none of
// them removes a number.
import type { AccuracyBlock, FailedBlock, ProfileBlock, TimeBlock } from '../core/schema/block.ts';
import { isDense } from '../core/names.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Interval } from '../core/schema/group.ts';
import type { NoiseFloor } from '../core/schema/summary.ts';
import { driftDoubts } from './drift.ts';
import { firstRunDoubts } from './firstRun.ts';
import type { TimedBlock } from './timing.ts';
import { witnessDoubts } from './witness.ts';
import { analyticFlops, variantIn } from './profiled.ts';

/** Two independent counts of the same FLOPs may differ by this share. */
const FLOPS_TOLERANCE = 0.005;
const FEW_SAMPLES = 20;

/** What speaks of the clocks alone. */
export interface TimingEvidence {
  readonly id: string;
  readonly blocks: readonly TimedBlock[];
  readonly speedup: Interval | null;
  readonly floor: NoiseFloor | null;
}

export interface Evidence extends TimingEvidence {
  readonly blocks: readonly TimeBlock[];
  readonly profile: ProfileBlock | undefined;
  readonly accuracy: AccuracyBlock | undefined;
  readonly failures: readonly FailedBlock[];
}

/** Doubts about a row of which only the timed calls are known. */
export function timingDoubts(evidence: TimingEvidence): Doubt[] {
  const { id, blocks } = evidence;
  return unique([
    ...fewness(evidence),
    ...withinNoise(evidence),
    ...firstRunDoubts(blocks.flatMap(({ variants }) => variants.find((v) => v.id === id) ?? [])),
    ...blockDoubts(blocks),
  ]);
}

export function rowDoubts(evidence: Evidence): Doubt[] {
  return unique([
    ...fewness(evidence),
    ...withinNoise(evidence),
    ...flopsMismatch(evidence),
    ...uncounted(evidence),
    ...fixedLength(evidence),
    ...digestMismatch(evidence),
    ...witnessDoubts(evidence.id, evidence.blocks, evidence.accuracy),
    ...firstRunDoubts(
      evidence.blocks.flatMap(({ variants }) => variants.find((v) => v.id === evidence.id) ?? []),
    ),
    ...strayNodes(evidence),
    ...losses(evidence),
    ...blockDoubts(evidence.blocks),
    ...(evidence.profile?.doubts ?? []),
  ]);
}

/** What the blocks saw themselves, once a code: the first, with the number of blocks that it is of. */
function blockDoubts(blocks: readonly TimedBlock[]): Doubt[] {
  const seen = blocks.map(({ doubts, variants }) => [...doubts, ...driftDoubts(variants)]);
  return unique(seen.flat()).map((doubt) => {
    const count = seen.filter((doubts) => doubts.some(({ code }) => code === doubt.code)).length;
    if (blocks.length === 1) return doubt;
    return { ...doubt, message: `${doubt.message} (in ${count} of ${blocks.length} blocks)` };
  });
}

function fewness({ id, blocks }: TimingEvidence): Doubt[] {
  const doubts: Doubt[] = [];
  if (blocks.length === 1) {
    doubts.push({
      code: 'single-block',
      message: 'measured in one process only, so the interval leaves out how processes differ',
      advice: 'raise --blocks',
    });
  }
  const samples = blocks.flatMap(({ variants }) => variants.find((v) => v.id === id)?.samplesMs ?? []).length;
  if (samples < FEW_SAMPLES) {
    doubts.push({
      code: 'few-samples',
      message: `only ${samples} timed calls`,
      advice: 'raise --time-budget',
    });
  }
  return doubts;
}

function withinNoise({ id, speedup, floor }: TimingEvidence): Doubt[] {
  if (speedup === null || floor === null || isDense(id)) return []; // nothing is claimed of those
  if (Math.abs(speedup.median - 1) > floor.floor) return [];
  return [
    {
      code: 'within-noise',
      message: `the difference from dense is within the noise floor of ${(100 * floor.floor).toFixed(1)} %`,
      advice: 'no difference can be claimed; raise --blocks and --time-budget to see a smaller one',
    },
  ];
}

function flopsMismatch({ id, profile }: Evidence): Doubt[] {
  const own = variantIn(profile, id);
  if (profile === undefined || own === undefined) return [];
  const analytic = analyticFlops(profile, own);
  if (analytic === null) return [];
  const difference = Math.abs(analytic.executed / own.profiledFlops - 1);
  if (difference <= FLOPS_TOLERANCE) return [];
  return [
    {
      code: 'flops-mismatch',
      message: `analytic and profiled FLOPs of ${id} differ by ${(100 * difference).toFixed(2)} %`,
      advice: 'one of the two counts is wrong; please report it',
    },
  ];
}

/** For ready graphs; what is missing in dense is missing in every ratio to it. */
function uncounted({ id, profile }: Evidence): Doubt[] {
  const ids = [...new Set([id, 'dense'])].filter(
    (one) => (variantIn(profile, one)?.uncounted ?? []).length > 0,
  );
  if (ids.length === 0) return [];
  const types = new Set(ids.flatMap((one) => variantIn(profile, one)?.uncounted ?? []));
  return [
    {
      code: 'uncounted-operators',
      message: `the FLOPs of ${ids.join(' and ')} lack those of ${[...types].join(', ')}, whose shapes do not tell them`,
      advice: 'its speed stands; do not quote its FLOPs ratio and conversion',
    },
  ];
}

function fixedLength({ id, profile }: Evidence): Doubt[] {
  const length = variantIn(profile, id)?.fixedLength;
  if (length === undefined) return [];
  return [
    {
      code: 'fixed-length',
      message: `the graph of ${id} takes ${length} tokens only: shorter texts were padded to them`,
      advice: 'export it with a length of its own for each call (dynamic axes) to see it without',
    },
  ];
}

/** The same graph on the same inputs must answer the same in every process, profiled or timed. */
function digestMismatch({ id, blocks, profile }: Evidence): Doubt[] {
  const timed = blocks.map(({ variants }) => variants.find((v) => v.id === id)?.logitsDigest);
  const digests = new Set(
    [...timed, variantIn(profile, id)?.logitsDigest].filter((digest) => digest !== undefined),
  );
  if (digests.size <= 1) return [];
  return [
    {
      code: 'digest-mismatch',
      message: `${id} gave ${digests.size} different answers to the same inputs in different processes`,
      advice: 'its speed and its accuracy may belong to different results',
    },
  ];
}

function strayNodes({ id, profile }: Evidence): Doubt[] {
  const own = variantIn(profile, id);
  const asked = profile?.group.provider;
  if (own === undefined || asked === undefined || asked === 'cpu') return [];
  const onCpu = own.nodeProviders['cpu'] ?? own.nodeProviders['CPUExecutionProvider'] ?? 0;
  if (onCpu === 0) return [];
  return [
    {
      code: 'cpu-nodes',
      message: `${onCpu} operator calls of ${id} ran on the CPU, not on ${asked}`,
      advice: 'each costs a copy between device and host',
    },
  ];
}

function losses({ id, failures, profile, blocks }: Evidence): Doubt[] {
  const doubts: Doubt[] = [];
  const timed = failures.filter((failure) => failure.of === 'time');
  const [lost] = timed;
  if (lost !== undefined && blocks.length > 0) {
    doubts.push({ code: 'lost-blocks', message: `${timed.length} time block(s) failed: ${lost.reason}` });
  }
  if (variantIn(profile, id) === undefined) {
    const failed = failures.find((failure) => failure.of === 'profile');
    doubts.push({
      code: 'no-profile',
      message: `no FLOPs: ${failed?.reason ?? 'its profile was not taken'}`,
    });
  }
  const accuracy = failures.find((failure) => failure.of === 'accuracy');
  if (accuracy !== undefined) {
    doubts.push({ code: 'no-accuracy', message: `no accuracy: ${accuracy.reason}` });
  }
  const cost = failures.find((failure) => failure.of === 'cost');
  if (cost !== undefined) {
    doubts.push({ code: 'no-costs', message: `no memory, loading time and energy: ${cost.reason}` });
  }
  return doubts;
}

/** One doubt a code: the first. */
function unique(doubts: readonly Doubt[]): Doubt[] {
  const byCode = new Map<string, Doubt>();
  for (const doubt of doubts) if (!byCode.has(doubt.code)) byCode.set(doubt.code, doubt);
  return [...byCode.values()];
}
