// Everything of a row that does not depend on clocks: FLOPs, kept tokens and operator times from a profile block.
import type { FlopsParts, ProfileBlock, ProfileVariant } from '../core/schema/block.ts';
import type { Row } from '../core/schema/row.ts';
import { sum } from '../stats/samples.ts';

export type Work = Pick<
  Row,
  'flops' | 'keptTokens' | 'opTimeMs' | 'nodeCounts' | 'logitsDigest' | 'inputsDigest'
>;

const NO_WORK: Work = {
  flops: null,
  keptTokens: null,
  opTimeMs: null,
  nodeCounts: null,
  logitsDigest: null,
  inputsDigest: null,
};

export function work(profile: ProfileBlock | undefined, id: string): Work {
  const own = find(profile, id);
  if (own === undefined) return NO_WORK;
  const { sequences } = own;
  return {
    flops: flops(own, find(profile, 'dense'), find(profile, 'dense-padded')),
    keptTokens: own.keptTokens.length === 0 ? null : own.keptTokens.map((tokens) => tokens / sequences),
    opTimeMs: Object.fromEntries(Object.entries(own.opTimeMs).map(([type, ms]) => [type, ms / sequences])),
    nodeCounts: own.nodeCounts,
    logitsDigest: own.logitsDigest,
    inputsDigest: profile?.inputsDigest ?? null,
  };
}

/** Null without dense, which every ratio is to. */
function flops(
  own: ProfileVariant,
  dense: ProfileVariant | undefined,
  padded: ProfileVariant | undefined,
): Work['flops'] {
  if (dense === undefined) return null;
  const { sequences } = own;
  const perSequence = flopsPerSequence(own);
  return {
    perSequence,
    macsPerSequence: perSequence / 2,
    executedPerSequence: own.executedFlops === null ? null : own.executedFlops / sequences,
    profiledPerSequence: own.profiledFlops / sequences,
    ratioVsDense: flopsPerSequence(dense) / perSequence,
    ratioVsDensePadded: padded === undefined ? null : flopsPerSequence(padded) / perSequence,
    parts: own.flops === null ? null : scaled(own.flops, 1 / sequences),
  };
}

export function find(profile: ProfileBlock | undefined, id: string): ProfileVariant | undefined {
  return profile?.variants.find((variant) => variant.id === id);
}

/** A ready graph is known by its profile alone. */
function flopsPerSequence({ flops: parts, profiledFlops, sequences }: ProfileVariant): number {
  return (parts === null ? profiledFlops : sum(Object.values(parts))) / sequences;
}

function scaled({ linear, attention, predictor, score, head, orphan }: FlopsParts, by: number): FlopsParts {
  return {
    linear: linear * by,
    attention: attention * by,
    predictor: predictor * by,
    score: score * by,
    head: head * by,
    orphan: orphan * by,
  };
}
