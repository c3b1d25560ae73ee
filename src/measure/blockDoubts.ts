// Reasons to distrust a time block that the block itself can see: the garbage collector at work, a machine that got
// faster or slower meanwhile, and stamps that do not add up to what the driver's clock says.
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import type { BlockVariant, Doubt } from '../core/schema.ts';
import { median, sum } from '../stats/samples.ts';

const COLLECTION_LIMIT_SHARE = 0.01;
const DRIFT_LIMIT_SHARE = 0.1;
/** Below this many samples the ends of a block say nothing about drift. */
const DRIFT_LEAST_SAMPLES = 12;

export interface CollectionWatch {
  doubts(): Doubt[];
}

/** Watches until `doubts` is asked. The observer is called between rounds, never inside a timed call. */
export function watchGarbageCollection(nowMs: () => number = () => performance.now()): CollectionWatch {
  const start = nowMs();
  let totalMs = 0;
  const add = (entries: readonly PerformanceEntry[]): void => {
    totalMs += sum(entries.map(({ duration }) => duration));
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    doubts: () => {
      add(observer.takeRecords());
      observer.disconnect();
      return collectionDoubts(totalMs, nowMs() - start);
    },
  };
}

export function collectionDoubts(collectedMs: number, wallMs: number): Doubt[] {
  const share = collectedMs / wallMs;
  if (!(share > COLLECTION_LIMIT_SHARE)) return [];
  return [
    {
      code: 'garbage-collection',
      message: `garbage collection took ${(100 * share).toFixed(1)} % of the block`,
    },
  ];
}

/** The first third of dense's samples (or of whatever was measured first) against the last third. */
export function driftDoubts(variants: readonly BlockVariant[]): Doubt[] {
  const watched = variants.find(({ id }) => id === 'dense') ?? variants[0];
  if (watched === undefined || watched.samplesMs.length < DRIFT_LEAST_SAMPLES) return [];
  const third = Math.floor(watched.samplesMs.length / 3);
  const change = median(watched.samplesMs.slice(-third)) / median(watched.samplesMs.slice(0, third)) - 1;
  if (Math.abs(change) <= DRIFT_LIMIT_SHARE) return [];
  return [
    {
      code: 'drift',
      message: `${watched.id} became ${(100 * Math.abs(change)).toFixed(0)} % ${change > 0 ? 'slower' : 'faster'} within a block`,
      advice: 'ratios are taken within rounds and suffer little; absolute times are doubtful',
    },
  ];
}

/** @param driverMs time of all rounds by the driver's own clock. */
export function clockDoubts(variants: readonly BlockVariant[], driverMs: number): Doubt[] {
  const stampedMs = sum(variants.map(({ samplesMs }) => sum(samplesMs)));
  if (driverMs <= 0 || stampedMs <= driverMs * 1.01) return [];
  return [
    {
      code: 'clock-mismatch',
      message: `the stamps add up to ${stampedMs.toFixed(0)} ms, the driver's clock says ${driverMs.toFixed(0)} ms`,
    },
  ];
}
