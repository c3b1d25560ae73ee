// A zoo variant's rule: its method read at its point, and what the FLOPs of its graph are worked out from.
import type { ProviderName } from '../core/names.ts';
import type { FlopsModel } from '../core/schema/flops.ts';
import type { Variant } from '../core/schema/group.ts';
import { flopsModel } from '../graphs/flopsModel.ts';
import { METHOD } from '../graphs/methods/index.ts';
import type { Method, PointRule } from '../graphs/methods/contract.ts';
import { pointOf, type ModelEntry } from './entry.ts';
import { KERNELS, methodOf, openPoint } from './graphCache.ts';

export function ruleOf(entry: ModelEntry, variant: Variant): { method: Method; rule: PointRule } {
  const method = METHOD[methodOf(variant)];
  const point = pointOf(entry, variant);
  const file = point === null ? null : openPoint(entry, point.file);
  return { method, rule: method.read(entry.config, file) };
}

export function zooFlopsModel(entry: ModelEntry, variant: Variant, provider: ProviderName): FlopsModel {
  const { method, rule } = ruleOf(entry, variant);
  return flopsModel(entry.config, method, rule, KERNELS[provider]);
}
