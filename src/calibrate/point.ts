// A calibrated point: nothing but strengths, over the base weights as they are. As a file it is like any trained point's;
// in memory it is what the search's graphs and FLOPs counts are made from, before any file exists.
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { PointRule } from '../graphs/methods/contract.ts';
import type { PointSource } from '../graphs/graphFiles.ts';
import { METHOD } from '../graphs/methods/index.ts';
import { pointOfValues } from '../weights/pointValues.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import type { TensorFile } from '../weights/safetensors.ts';
import type { CalibratedMethod } from './strengthMap.ts';

/** Which tensor holds a method's strengths. */
export function strengthTensor(method: CalibratedMethod): string {
  return method === 'topk' ? 'pruning.keep_rates' : 'pruning.thresholds';
}

/** What the methods read of a point: [CLS] protected, scores free of padding (methods/received.ts, topk.ts). */
export const POINT_METADATA = { cls: 'protected', score: 'received-attention', floor: '0' } as const;

/** The strengths as a point that is in no file. */
export function pointInMemory(method: CalibratedMethod, strengths: readonly number[]): TensorFile {
  const values = { [strengthTensor(method)]: strengths, ...POINT_METADATA };
  return pointOfValues(`the ${method} point being calibrated`, values);
}

export function ruleAt(
  { config }: ModelEntry,
  method: CalibratedMethod,
  strengths: readonly number[],
): PointRule {
  return METHOD[method].read(config, pointInMemory(method, strengths));
}

/** The point of a graph whose strengths are inputs: that it prunes in every layer is all that matters. */
export function openPointSource(method: CalibratedMethod, layers: number): PointSource {
  const strengths = Array<number>(layers).fill(0.5);
  const sha256 = sha256Hex(stableJson({ method, strengths, ...POINT_METADATA }));
  return { name: 'search', file: pointInMemory(method, strengths), sha256 };
}
