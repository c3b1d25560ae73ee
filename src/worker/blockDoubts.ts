// Reasons to distrust a time block that its samples do not show: garbage collections inside timed calls, and stamps that
// do not add up to what the driver's clock says.
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import type { Doubt } from '../core/schema/doubt.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import { sum } from '../stats/samples.ts';

/** From one call in a hundred on, the 99th percentile is that of the collector. */
const COLLECTION_LIMIT_SHARE = 0.01;
/** A collection that takes less of a call than this cannot be told from noise. */
const COLLECTION_LEAST_SHARE = 0.01;

/** A stretch of time by the clock of `performance.now`, milliseconds. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface CollectionWatch {
  /** Ends the watch. @param calls timed calls in time order. */
  doubts(calls: readonly Span[]): Doubt[];
}

/** Watches until `doubts` is asked. The observer is called between rounds, never inside a timed call. */
export function watchGarbageCollection(): CollectionWatch {
  const collections: Span[] = [];
  const add = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration } of entries)
      collections.push({ startMs: startTime, endMs: startTime + duration });
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    doubts: (calls) => {
      add(observer.takeRecords());
      observer.disconnect();
      return collectionDoubts(calls, collections);
    },
  };
}

/** Both in time order. */
export function collectionDoubts(calls: readonly Span[], collections: readonly Span[]): Doubt[] {
  let [hit, first, insideMs] = [0, 0, 0];
  for (const call of calls) {
    while ((collections[first]?.endMs ?? Infinity) <= call.startMs) first++;
    let ownMs = 0;
    for (let i = first; (collections[i]?.startMs ?? Infinity) < call.endMs; i++)
      ownMs += overlapMs(call, collections[i] ?? call);
    insideMs += ownMs;
    if (ownMs > COLLECTION_LEAST_SHARE * (call.endMs - call.startMs)) hit++;
  }
  if (hit < 2 || hit <= COLLECTION_LIMIT_SHARE * calls.length) return [];
  const share = ((100 * hit) / calls.length).toFixed(1);
  return [
    {
      code: 'garbage-collection',
      message: `garbage collection ran inside ${hit} of ${calls.length} timed calls (${share} %), ${insideMs.toFixed(1)} ms in all`,
      advice: 'medians suffer little; do not quote the slowest percentiles',
    },
  ];
}

function overlapMs(call: Span, collection: Span): number {
  return Math.min(call.endMs, collection.endMs) - Math.max(call.startMs, collection.startMs);
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
