// What a run has to set beside a published claim: its best cell, its best ratio within a loss, its widest lead.
import { variantKey } from '../../../core/keys.ts';
import type { Row } from '../../../core/schema/row.ts';
import { NOT_MEASURED, ratio, ratioInterval } from '../format.ts';
import { differenceUnit, markedDifference, metricName, scoreDifference } from '../metric.ts';
import { noAccuracyText } from '../noAccuracy.ts';
import { place, settingKey } from '../settings.ts';
import { ofItsModel, type Claim } from './published.ts';

/** FLOPs ratios this close count as "the same FLOPs". */
const SAME_FLOPS = 0.05;

export interface Found {
  readonly row: Row;
  readonly value: number;
  readonly text: string;
}

export function measure(claim: Claim, rows: readonly Row[]): Found | null {
  switch (claim.quantity) {
    case 'wall-clock':
      return bestWallClock(
        ofItsModel(
          claim,
          rows.filter((row) => row.method === claim.method),
        ),
      );
    case 'flops':
      return bestFlops(
        claim,
        rows.filter((row) => row.method === claim.method),
      );
    case 'accuracy-gap':
      return widestGap(claim, rows);
  }
}

function bestBy(
  rows: readonly Row[],
  valueOf: (row: Row) => number | null,
): { row: Row; value: number } | null {
  let best: { row: Row; value: number } | null = null;
  for (const row of rows) {
    const value = valueOf(row);
    if (value !== null && (best === null || value > best.value)) best = { row, value };
  }
  return best;
}

function bestWallClock(rows: readonly Row[]): Found | null {
  const best = bestBy(rows, (row) => row.speedup?.vsDense?.median ?? null);
  if (best === null) return null;
  const { row } = best;
  const padded = row.speedup?.vsDensePadded ?? null;
  const beside = padded === null ? '' : `, ${ratioInterval(padded)} vs dense-padded`;
  return {
    row,
    value: best.value,
    text: `${ratioInterval(row.speedup?.vsDense)} vs dense${beside} (${variantKey(row)}, ${place(row)})`,
  };
}

function bestFlops(claim: Claim, rows: readonly Row[]): Found | null {
  const limit = claim.maxLossPoints;
  const harmless = rows.filter((row) => {
    const delta = row.accuracy?.deltaVsDense?.value;
    return limit === undefined || (delta !== undefined && delta * 100 > -limit);
  });
  const silent = rows.filter(({ noAccuracy }) => noAccuracy !== undefined);
  const eligible = harmless.length > 0 ? harmless : ofItsModel(claim, silent);
  const best = bestBy(eligible, (row) => row.flops?.ratioVsDense ?? null);
  if (best === null) return null;
  const { row, value } = best;
  const padded = row.flops?.ratioVsDensePadded ?? null;
  const beside = padded === null ? '' : `, ${ratio(padded)} vs dense-padded`;
  const delta = markedDifference(row.accuracy);
  const metric = row.accuracy?.metric ?? 'accuracy';
  const loss = noAccuracyText(row) ?? (delta === '' ? NOT_MEASURED : `${delta}${differenceUnit(metric)}`);
  return {
    row,
    value,
    text: `${ratio(value)} vs dense${beside}; ${metricName(metric)} ${loss} (${variantKey(row)}, ${place(row)})`,
  };
}

/** The largest lead over the rival among rows of one group whose FLOPs ratios agree. */
function widestGap(claim: Claim, rows: readonly Row[]): Found | null {
  let widest: Found | null = null;
  for (const own of rows.filter((row) => row.method === claim.method)) {
    for (const rival of rows.filter((row) => row.method === claim.rival && sameGroup(row, own))) {
      if (!sameFlops(own, rival) || own.accuracy === null || rival.accuracy === null) continue;
      const { metric } = own.accuracy;
      const value = (own.accuracy.value - rival.accuracy.value) * 100;
      if (widest !== null && widest.value >= value) continue;
      const flops = `${ratio(own.flops?.ratioVsDense ?? 1)} and ${ratio(rival.flops?.ratioVsDense ?? 1)} FLOPs`;
      widest = {
        row: own,
        value,
        text: `${scoreDifference(metric, value / 100)}${differenceUnit(metric)} (${variantKey(own)} against ${variantKey(rival)}, ${flops}, ${place(own)}, n=${own.accuracy.n}; no interval)`,
      };
    }
  }
  return widest;
}

function sameGroup(a: Row, b: Row): boolean {
  return settingKey(a) === settingKey(b) && a.batch === b.batch && a.seqLen === b.seqLen;
}

function sameFlops(a: Row, b: Row): boolean {
  if (a.flops === null || b.flops === null) return false;
  return Math.abs(a.flops.ratioVsDense / b.flops.ratioVsDense - 1) <= SAME_FLOPS;
}
