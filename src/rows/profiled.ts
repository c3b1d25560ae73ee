// Everything of a row that does not depend on clocks: FLOPs, kept tokens and operator times from a profile block.
import type { ProfileBlock, ProfileVariant } from '../core/schema/block.ts';
import type { Row } from '../core/schema/row.ts';
import { sum } from '../stats/samples.ts';
import { addFlops, encoderFlops, scaled, total, type EncoderFlops, type TokenCounts } from './flops.ts';

export type Profiled = Pick<
  Row,
  'flops' | 'keptTokens' | 'opTimeMs' | 'nodeCounts' | 'logitsDigest' | 'inputsDigest'
>;

export const NOT_PROFILED: Profiled = {
  flops: null,
  keptTokens: null,
  opTimeMs: null,
  nodeCounts: null,
  logitsDigest: null,
  inputsDigest: null,
};

export function profiled(profile: ProfileBlock | undefined, id: string): Profiled {
  const own = variantIn(profile, id);
  if (profile === undefined || own === undefined) return NOT_PROFILED;
  const sequences = profile.lengths.flat().length;
  const layers = own.kept[0]?.length ?? 0;
  const keptTokens = Array.from(
    { length: layers },
    (_, layer) => sum(own.kept.flatMap((batch) => batch[layer] ?? [])) / sequences,
  );
  return {
    flops: flops(profile, own, sequences),
    keptTokens: layers === 0 ? null : keptTokens,
    opTimeMs: Object.fromEntries(Object.entries(own.opTimeMs).map(([type, ms]) => [type, ms / sequences])),
    nodeCounts: own.nodeCounts,
    logitsDigest: own.logitsDigest,
    inputsDigest: profile.inputsDigest,
  };
}

/** Null without dense, which every ratio is to. */
function flops(profile: ProfileBlock, own: ProfileVariant, sequences: number): Profiled['flops'] {
  const [dense, padded] = [variantIn(profile, 'dense'), variantIn(profile, 'dense-padded')];
  if (dense === undefined) return null;
  const of = (variant: ProfileVariant): number => totalFlops(profile, variant) / sequences;
  const analytic = analyticFlops(profile, own);
  const perSequence = of(own);
  return {
    perSequence,
    macsPerSequence: perSequence / 2,
    executedPerSequence: analytic === null ? null : analytic.executed / sequences,
    profiledPerSequence: own.profiledFlops / sequences,
    ratioVsDense: of(dense) / perSequence,
    ratioVsDensePadded: padded === undefined ? null : of(padded) / perSequence,
    parts: analytic === null ? null : scaled(analytic.parts, 1 / sequences),
  };
}

/** Of a ready graph nothing but its profile is known. */
function totalFlops(profile: ProfileBlock, variant: ProfileVariant): number {
  const analytic = analyticFlops(profile, variant);
  return analytic === null ? variant.profiledFlops : total(analytic.parts);
}

/** Summed over the block's input batches; null for a ready graph. */
export function analyticFlops(profile: ProfileBlock, variant: ProfileVariant): EncoderFlops | null {
  const { flopsModel } = variant;
  if (flopsModel === null) return null;
  return addFlops(countsOf(profile, variant).map((counts) => encoderFlops(flopsModel, counts)));
}

/** What each input batch had the graph do. */
function countsOf({ lengths }: ProfileBlock, { kept, orphans }: ProfileVariant): TokenCounts[] {
  return lengths.map((own, input) => ({
    lengths: own,
    paddedLength: Math.max(...own),
    kept: kept[input] ?? [],
    orphans: orphans?.[input],
  }));
}

export function variantIn(profile: ProfileBlock | undefined, id: string): ProfileVariant | undefined {
  return profile?.variants.find((variant) => variant.id === id);
}
